import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { startNats, tempDir } from '@hopline/testkit';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { avro } from '../codecs/avro/index.ts';
import { SchemaRegistry, schemaMessages } from './index.ts';

const SOURCE = join(import.meta.dirname, '../../test-go');
const SCHEMA = JSON.stringify({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'total', type: 'long' },
    { name: 'price', type: 'double' },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['OPEN', 'PAID'] } },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
});

/** Builds the Go program; answers why it cannot, where the machine lacks Go or its modules. */
function build(binary: string): string | undefined {
  if (spawnSync('go', ['version']).error) return 'Go is not installed';
  const options = { cwd: SOURCE, encoding: 'utf8', timeout: 240_000 } as const;
  const { status, stderr } = spawnSync('go', ['build', '-o', binary, '.'], options);
  if (status === 0) return undefined;
  if (/dial tcp|no such host|i\/o timeout|connection refused/.test(stderr)) {
    return `the modules cannot be downloaded: ${stderr.trim().split('\n').at(-1)}`;
  }
  throw new Error(`cannot build ${SOURCE}: ${stderr}`);
}

test('framed Avro is read by Go, and what Go writes is read here', async (t) => {
  await using dir = await tempDir('go-reader');
  const binary = join(dir.path, 'reader');
  const reason = build(binary);
  if (reason) {
    console.warn(`SKIPPED: nothing was tested of the exchange with Go: ${reason}`);
    t.skip(reason);
    return;
  }
  await using nats = await startNats();
  await using client = await connect({ servers: nats.url });
  const bucket = await new Kvm(client).create('schemas');
  const registry = new SchemaRegistry({ bucket, formats: [avro] });
  const { number } = await registry.register('order', { format: 'avro', text: SCHEMA });
  const messages = await schemaMessages({ registry, wire: 'confluent' });
  const order = { id: 'ü', total: 41, price: 1.5, tags: ['a', 'b'], state: 'PAID', note: null };
  const { data } = await messages.encode('order', order);

  const input = JSON.stringify({ schema: SCHEMA, frame: Buffer.from(data).toString('hex') });
  const { status, stdout, stderr } = spawnSync(binary, { input, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const said = JSON.parse(stdout) as { number: number; value: object; back: string };
  assert.deepEqual([said.number, said.value], [number, order]);
  const { value } = await messages.decode<object>({ data: Buffer.from(said.back, 'hex') });
  assert.deepEqual({ ...value }, { ...order, id: 'ü!', total: 42, note: 'from Go' });
});
