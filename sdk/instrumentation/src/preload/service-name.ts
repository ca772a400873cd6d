import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

/**
 * The application's name when nobody gave one: that of the nearest package.json above the script, else
 * the script's file name.
 */
export function serviceNameOf(script: string | undefined): string {
  if (!script) return 'node';
  let folder = dirname(script);
  for (;;) {
    const name = packageName(folder);
    if (name) return name;
    const parent = dirname(folder);
    if (parent === folder) return basename(script, extname(script));
    folder = parent;
  }
}

function packageName(folder: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}
