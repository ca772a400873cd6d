import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

rmSync(new URL('dist', import.meta.url), { recursive: true, force: true });

/** The model is bundled; what a user's package manager installs stays outside. */
const external = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];

await build({
  absWorkingDir: here,
  entryPoints: ['src/index.ts', 'src/register.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node18',
  conditions: ['hopline-source'],
  external,
  logLevel: 'warning',
});
