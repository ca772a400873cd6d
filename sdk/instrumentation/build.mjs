// Builds what is published: `node build.mjs [output folder]`.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

const here = fileURLToPath(new URL('.', import.meta.url));
const outdir = resolve(here, process.argv[2] ?? 'dist');
const manifest = JSON.parse(readFileSync(resolve(here, 'package.json'), 'utf8'));

const options = {
  absWorkingDir: here,
  entryPoints: ['src/index.ts', 'src/prometheus.ts', 'src/register.ts'],
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node18',
  conditions: ['hopline-source'],
  // The model is bundled; what a user's package manager installs stays outside.
  external: [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)],
  logLevel: 'warning',
};
const esm = await build({
  ...options,
  format: 'esm',
  splitting: true,
  chunkNames: 'shared-[hash]',
  metafile: true,
});
removeOldChunks(Object.keys(esm.metafile.outputs).map((path) => basename(path)));
// For `node --require` and `require('@hopline/instrumentation')`.
await build({ ...options, format: 'cjs', outExtension: { '.js': '.cjs' } });

// The public types need nothing but these files; each says its own types.
for (const name of [
  'index',
  'instrument',
  'nats-instrumentation',
  'nats-instrumentation-config',
  'prometheus',
  'propagation/redis-stream-entry',
  'propagation/request-id-propagator',
  'with-message',
]) {
  const source = readFileSync(resolve(here, `src/${name}.ts`), 'utf8');
  const { outputText } = ts.transpileDeclaration(source, { fileName: `${name}.ts` });
  mkdirSync(dirname(resolve(outdir, name)), { recursive: true });
  writeFileSync(resolve(outdir, `${name}.d.ts`), outputText.replace(/\.ts'/g, ".js'"));
}

/** Chunks have the hash of their content in their name: those of earlier builds would pile up. */
function removeOldChunks(fresh) {
  for (const name of readdirSync(outdir)) {
    if (/^shared.*\.js$/.test(name) && !fresh.includes(name)) rmSync(resolve(outdir, name));
  }
}
