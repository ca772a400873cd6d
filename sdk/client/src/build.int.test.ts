import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
/** Inside the package, so that what is left outside of the bundle is found. */
const OUT = join(PACKAGE, 'node_modules', '.cache', `build-${process.pid}`);

/** What each part may ask of the one who installs it. */
const NEEDS: Record<string, string[]> = {
  'codecs/avro': ['avsc'],
  'codecs/json': ['ajv/dist/2020.js'],
  'codecs/protobuf': ['protobufjs'],
  connect: ['@nats-io/transport-node'],
  consume: ['@nats-io/jetstream', '@nats-io/nats-core'],
  envelope: ['@nats-io/nats-core'],
  publish: ['@nats-io/nats-core'],
  schemas: ['@nats-io/nats-core'],
};

test('every part is built for import and for require, and asks for nothing that it does not use', async () => {
  try {
    await run(process.execPath, ['build.mjs', OUT], { cwd: PACKAGE });
    for (const [part, needs] of Object.entries(NEEDS)) {
      const found = [...(await packagesOf(join(OUT, `${part}.js`)))];
      assert.deepEqual(found.sort(), needs, part);
      for (const load of [
        `const m = await import(${JSON.stringify(join(OUT, `${part}.js`))})`,
        `const m = require(${JSON.stringify(join(OUT, `${part}.cjs`))})`,
      ]) {
        const type = load.includes('await') ? 'module' : 'commonjs';
        const script = `${load}; console.log(Object.keys(m).length)`;
        const { stdout } = await run(process.execPath, [`--input-type=${type}`, '-e', script]);
        assert.ok(Number(stdout) > 0, `${part}: ${stdout}`);
      }
      assert.match(await readFile(join(OUT, part, 'index.d.ts'), 'utf8'), /export/);
    }
  } finally {
    await rm(OUT, { recursive: true, force: true });
  }
});

/** Packages that are loaded with this file: its static imports and those of its chunks. */
async function packagesOf(file: string, found = new Set<string>()): Promise<Set<string>> {
  const source = await readFile(file, 'utf8');
  for (const [, name = ''] of source.matchAll(/^(?:import|export|\}).*?["']([^"']+)["'];$/gm)) {
    if (name.startsWith('.')) await packagesOf(join(dirname(file), name), found);
    else if (!/^(node:|events$|fs($|\/)|crypto$|timers|path$)/.test(name)) found.add(name);
  }
  return found;
}
