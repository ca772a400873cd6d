import { existsSync } from 'node:fs';

/**
 * In a clone, the browser's code and the SDK are built when they are missing or older than their
 * sources; an installed package brings them along.
 */
export async function ensureBuiltInClone(): Promise<void> {
  const script = new URL('../../scripts/build.ts', import.meta.url);
  if (!existsSync(script)) return;
  const { ensureBuilt } = (await import(script.href)) as { ensureBuilt: () => Promise<void> };
  await ensureBuilt();
}
