import { execFile } from 'node:child_process';
import { access, mkdir, rename } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort, type RunningProcess, startProcess, waitFor } from '@hopline/testkit';

const run = promisify(execFile);
const TOOLS = fileURLToPath(new URL('../../../.tools/', import.meta.url));
const NAME = 'prometheus-nats-exporter';
const VERSION = 'v0.20.1';
const MODULE = `github.com/nats-io/${NAME}@${VERSION}`;
/** Downloads a module and compiles it, once a checkout; less than a test file may take. */
const BUILD_TIMEOUT_MS = 200_000;

/** Path of the real prometheus-nats-exporter, or why there is none on this machine. */
export async function findRealExporter(): Promise<{ path: string } | { missing: string }> {
  const path = `${TOOLS}${NAME}-${VERSION}`;
  try {
    await access(path);
    return { path };
  } catch {
    // Built below.
  }
  try {
    await mkdir(TOOLS, { recursive: true });
    const options = { timeout: BUILD_TIMEOUT_MS, cwd: TOOLS };
    const { stdout } = await run('go', ['mod', 'download', '-json', MODULE], options);
    const { Dir: source } = JSON.parse(stdout) as { Dir: string };
    const built = `${path}.${process.pid}`;
    await run('go', ['build', '-o', built, '.'], { ...options, cwd: source });
    // By a rename, so that nobody ever runs half a file.
    await rename(built, path);
    return { path };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    const why = code === 'ENOENT' ? 'Go is not installed' : stderr || String(error);
    return { missing: `${NAME} ${VERSION} cannot be built: ${why.trim()}` };
  }
}

export interface RealExporter extends AsyncDisposable {
  readonly url: string;
  readonly running: RunningProcess;
}

export async function startRealExporter(
  path: string,
  args: readonly string[],
): Promise<RealExporter> {
  const port = await freePort();
  const running = await startProcess({
    name: NAME,
    command: path,
    args: ['-a', '127.0.0.1', '-p', String(port), ...args],
  });
  const url = `http://127.0.0.1:${port}/metrics`;
  await waitFor(
    async () => {
      if (!running.running) throw new Error(`${NAME} ended: ${running.output()}`);
      const response = await fetch(url).catch(() => undefined);
      await response?.body?.cancel();
      return response?.ok;
    },
    { message: `${url} answers` },
  );
  return { url, running, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}
