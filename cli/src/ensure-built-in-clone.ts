import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * In a clone, the browser's code and the SDK are built when they are missing or older than their
 * sources; an installed package brings them along.
 */
export async function ensureBuiltInClone(): Promise<void> {
  const script = join(import.meta.dirname, '../../scripts/build.ts');
  if (!existsSync(script)) return;
  const { ensureBuilt } = (await import(pathToFileURL(script).href)) as {
    ensureBuilt: () => Promise<void>;
  };
  await ensureBuilt();
}
