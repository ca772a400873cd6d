import { execFile } from 'node:child_process';
import { access, mkdir, rename } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TOOLS = fileURLToPath(new URL('../../.tools/', import.meta.url));
/** Downloads a module and compiles it, once a checkout; less than a test file may take. */
const BUILD_TIMEOUT_MS = 200_000;

/** Path of a program, or why there is none on this machine. */
export type GoProgram = { path: string } | { missing: string };

/** Builds `host/owner/name[/v2]@v1.2.3` into the folder of fetched programs, unless it is there. */
export async function buildGoProgram(module: string): Promise<GoProgram> {
  const [, name, version] = /([^/]+?)(?:\/v\d+)?@(.+)$/.exec(module) ?? [];
  const path = `${TOOLS}${name}-${version}`;
  try {
    await access(path);
    return { path };
  } catch {
    // Built below.
  }
  try {
    await mkdir(TOOLS, { recursive: true });
    const options = { timeout: BUILD_TIMEOUT_MS, cwd: TOOLS };
    const { stdout } = await run('go', ['mod', 'download', '-json', module], options);
    const { Dir: source } = JSON.parse(stdout) as { Dir: string };
    const built = `${path}.${process.pid}`;
    await run('go', ['build', '-o', built, '.'], { ...options, cwd: source });
    // By a rename, so that nobody ever runs half a file.
    await rename(built, path);
    return { path };
  } catch (error) {
    const failed = error as { code?: unknown; stderr?: string; stdout?: string };
    // With -json a refusal of the registry stands in the output.
    const [, refusal] = /"Error": "(.*)"/.exec(failed.stdout ?? '') ?? [];
    const why =
      failed.code === 'ENOENT' ? 'Go is not installed' : refusal || failed.stderr || String(error);
    return { missing: `${name} ${version} cannot be built: ${why.trim()}` };
  }
}
