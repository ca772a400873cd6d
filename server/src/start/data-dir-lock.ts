import { createHash } from 'node:crypto';
import { mkdir, realpath, stat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Another Hopline works in the same data directory. */
export class DataDirTaken extends Error {
  override readonly name = 'DataDirTaken';
  readonly code = 'data_dir_taken';
}

/** The data directory is not there and cannot be made, or is no directory. */
export class DataDirUnusable extends Error {
  override readonly name = 'DataDirUnusable';
  readonly code = 'data_dir_unusable';
}

/**
 * Makes `dataDir` and keeps other Hopline processes of this machine out of it until disposed: two would
 * take each other's journal for a dead one's. The lock is a socket that is listened on, so it ends with its
 * process, however that ends.
 */
export async function lockDataDir(dataDir: string): Promise<AsyncDisposable> {
  await makeDirectory(dataDir).catch((cause: Error) => {
    throw new DataDirUnusable(
      `cannot use data directory ${dataDir} (setting dataDir): ${cause.message}`,
      { cause },
    );
  });
  const path = await realpath(dataDir);
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 32);
  // Linux has socket names without a file; elsewhere a file may be left over, which nobody answers.
  const isAbstract = process.platform === 'linux';
  const name = isAbstract ? `\0hopline-${hash}` : join(tmpdir(), `hopline-${hash}.sock`);
  if (!isAbstract && !(await answers(name))) await unlink(name).catch(() => {});
  const server = await listen(name).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw cause;
    throw new DataDirTaken(
      `cannot use data directory ${path} (setting dataDir): another Hopline is running in it`,
      { cause },
    );
  });
  server.unref();
  return {
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/**
 * Not `mkdir` with `recursive`, which never ends (and holds the process) below a folder that answers
 * ENOENT to every `mkdir`, as /proc does.
 */
async function makeDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  if (found) throw new Error('it is not a directory');
  const parent = dirname(path);
  if (parent !== path) await makeDirectory(parent);
  await mkdir(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
  });
}

function listen(name: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(name, () => resolve(server));
  });
}

function answers(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(name);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
