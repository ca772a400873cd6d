import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let directory: string | undefined;
let sequence = 0;

/**
 * Where a started process writes what it says. Kept, and named on stderr, when this process ends with a
 * failure (node:test sets the exit code of a file); removed when all went well.
 */
export function logPathFor(name: string): string {
  directory ??= openDirectory();
  sequence += 1;
  return join(directory, `${String(sequence).padStart(2, '0')}-${name}.log`);
}

function openDirectory(): string {
  const path = join(tmpdir(), `hopline-logs-${process.pid}-${Date.now().toString(36)}`);
  mkdirSync(path, { recursive: true });
  process.once('exit', (code) => {
    if (code === 0) rmSync(path, { recursive: true, force: true });
    else process.stderr.write(`logs kept in ${path}: ${readdirSync(path).join(' ')}\n`);
  });
  return path;
}
