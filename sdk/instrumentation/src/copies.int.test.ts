import assert from 'node:assert/strict';
import { cp, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { type NatsServer, startNats, startProcess } from '@hopline/testkit';

const MODULES = join(import.meta.dirname, '../../../node_modules');
/** In there, so that what the copies require is found above them. */
const ROOT = join(MODULES, `.cache/nats-copies-test-${process.pid}`);
const COPIED = ['nats-core', 'transport-node', 'jetstream'];
const TENANTS = ['one', 'two', 'three'];

let nats: NatsServer;

before(async () => {
  nats = await startNats();
  for (const tenant of TENANTS) {
    for (const name of COPIED) {
      const from = await realpath(join(MODULES, '@nats-io', name));
      const to = join(ROOT, tenant, 'node_modules/@nats-io', name);
      await mkdir(dirname(to), { recursive: true });
      await cp(from, to, { recursive: true });
    }
    await writeFile(
      join(ROOT, tenant, 'client.cjs'),
      "module.exports = { ...require('@nats-io/transport-node'), ...require('@nats-io/jetstream') };\n",
    );
  }
});
after(async () => {
  await rm(ROOT, { recursive: true, force: true });
  await nats[Symbol.asyncDispose]();
});

test('three copies of the client in one process: each traced once, one trace through all', async () => {
  const clients = TENANTS.map((tenant) => join(ROOT, tenant, 'client.cjs'));
  await using app = await startProcess({
    name: 'copies',
    args: [
      '--import',
      join(import.meta.dirname, 'testing/conformance/setup.mjs'),
      join(import.meta.dirname, 'testing/apps/copies.mjs'),
      ...clients,
    ],
    env: { NATS_URL: nats.url },
  });
  assert.deepEqual(await app.exited, { code: 0, signal: null }, app.output());
  const { classes, spans, traces } = JSON.parse(app.output());
  assert.equal(classes, TENANTS.length, 'the copies are copies');
  assert.equal(traces, 1);
  assert.deepEqual(spans, [
    'process hop.a',
    'process hop.b',
    'process hop.c',
    'process hop.d',
    'publish hop.a',
    'publish hop.b',
    'publish hop.c',
    'publish hop.d',
  ]);
});
