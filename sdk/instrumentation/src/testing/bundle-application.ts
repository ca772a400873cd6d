import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles the application that uses `instrument` into one file in `folder`; its path. */
export async function bundleApplication(folder: string): Promise<string> {
  const outfile = join(folder, 'bundled.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'apps/bundled.mjs')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['hopline-source'],
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return outfile;
}
