import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptDownload } from './apt-download.ts';
import { withFileLock } from './file-lock.mjs';
import { TOOLS } from './paths.ts';
import { runCommand } from './run-command.ts';

/** In Debian the program is a link into the tools, and needs what a slim machine may not have. */
const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1'];
const FILES = join(TOOLS, 'redis');
const PATH = join(TOOLS, 'redis-server');

let found: Promise<string> | undefined;

/** Path of a Redis for tests: from PATH, else from Debian into `.tools`; throws the reason. Looked for once. */
export function findRedisServer(): Promise<string> {
  found ??= find();
  return found;
}

async function find(): Promise<string> {
  const present = await findPresent();
  if (present !== undefined) return present;
  return await withFileLock(
    join(TOOLS, 'redis-server.lock'),
    async () => (await findPresent()) ?? (await install()),
  );
}

async function findPresent(): Promise<string | undefined> {
  for (const path of ['redis-server', PATH]) {
    const { code } = await runCommand(path, ['--version'], { timeoutMs: 20_000 });
    if (code === 0) return path;
  }
  return undefined;
}

async function install(): Promise<string> {
  console.error('hopline: fetching redis-server into .tools ...');
  await mkdir(TOOLS, { recursive: true });
  const directory = await mkdtemp(join(TOOLS, 'redis-server-'));
  try {
    const unpacked = await aptDownload(PACKAGES, directory, { own: true });
    await rm(FILES, { recursive: true, force: true });
    await rename(unpacked, FILES);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  // The libraries lie beside it, where the system's loader does not look.
  const starter = `#!/bin/sh
LD_LIBRARY_PATH="$(echo ${FILES}/usr/lib/*-linux-*)" exec ${FILES}/usr/bin/redis-server "$@"
`;
  await writeFile(`${PATH}.${process.pid}`, starter);
  await chmod(`${PATH}.${process.pid}`, 0o755);
  await rename(`${PATH}.${process.pid}`, PATH);
  const { code, stderr } = await runCommand(PATH, ['--version'], { timeoutMs: 20_000 });
  if (code !== 0) throw new Error(`cannot run redis-server: ${stderr.trim()}`);
  return PATH;
}
