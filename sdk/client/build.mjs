// Builds what is published: `node build.mjs [output folder]`.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

const here = fileURLToPath(new URL('.', import.meta.url));
const outdir = resolve(here, process.argv[2] ?? 'dist');
const manifest = JSON.parse(readFileSync(resolve(here, 'package.json'), 'utf8'));
const parts = Object.keys(manifest.exports).map((name) => name.slice('./'.length));

const options = {
  absWorkingDir: here,
  entryPoints: parts.map((part) => ({ in: `src/${part}/index.ts`, out: part })),
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node18',
  conditions: ['hopline-source'],
  // The model is bundled; what a user's package manager installs stays outside.
  external: Object.keys(manifest.peerDependencies),
  logLevel: 'warning',
};
await build({ ...options, format: 'esm', splitting: true, chunkNames: 'shared-[hash]' });
await build({ ...options, format: 'cjs', outExtension: { '.js': '.cjs' } });

// One .d.ts beside each source file's place: types that name each other keep their relative paths.
for (const file of readdirSync(resolve(here, 'src'), { recursive: true })) {
  if (!file.endsWith('.ts') || /\.test\.ts$|^testing/.test(file)) continue;
  const source = readFileSync(resolve(here, 'src', file), 'utf8');
  const { outputText } = ts.transpileDeclaration(source, {
    fileName: file,
    compilerOptions: { target: 'es2022' },
  });
  const target = join(outdir, file.replace(/\.ts$/, '.d.ts'));
  ts.sys.writeFile(target, outputText.replace(/\.ts'/g, ".js'"));
}
