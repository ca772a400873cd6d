import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardAgainstLeftover } from './orphan-guard.ts';

export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

/** A new empty directory, removed with all it holds when disposed, or when this process ends. */
export async function tempDir(name = 'test'): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), `hopline-${name}-`));
  guardAgainstLeftover(path);
  return {
    path,
    // Retries: a process that was just killed may still be closing its files.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}
