import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { type NatsServer, startNats, tempDir } from '@hopline/testkit';
import { type KV, Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { avro } from '../codecs/avro/index.ts';
import { json } from '../codecs/json/index.ts';
import { protobuf } from '../codecs/protobuf/index.ts';
import { fileCache, type RegistryOptions, SchemaRegistry, schemaMessages } from './index.ts';

const formats = [avro, json, protobuf];

interface Place extends AsyncDisposable {
  nats: NatsServer;
  nc: NatsConnection;
  bucket: KV;
  open(options?: Partial<RegistryOptions>): SchemaRegistry;
}

async function setUp(): Promise<Place> {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const nc = await connect({ servers: nats.url });
  stack.defer(() => nc.close());
  const bucket = await new Kvm(nc).create('schemas');
  const parts = stack.move();
  return {
    nats,
    nc,
    bucket,
    open: (options = {}) => new SchemaRegistry({ bucket, formats, ...options }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

const order = (...fields: object[]): string =>
  JSON.stringify({
    type: 'record',
    name: 'Order',
    fields: [{ name: 'id', type: 'string' }, ...fields],
  });
const field = (name: string, more: object = {}): object => ({ name, type: 'int', ...more });

test('versions, ids by content, semantic versions, and what is refused and why', async () => {
  await using place = await setUp();
  const registry = place.open();
  const subject = 'shop.*.created ü';
  const first = await registry.register(subject, { format: 'avro', text: order() });
  assert.deepEqual([first.version, first.semver, first.isNew], [1, '1.0.0', true]);
  const respelled = order().replaceAll(',', ' , ');
  const again = await registry.register(subject, { format: 'avro', text: respelled });
  assert.deepEqual([again.version, again.id, again.isNew], [1, first.id, false]);

  const second = await registry.register(subject, {
    format: 'avro',
    text: order(field('total', { default: 0 })),
  });
  assert.deepEqual([second.version, second.semver], [2, '1.1.0']);
  await assert.rejects(registry.register(subject, { format: 'avro', text: order(field('qty')) }), {
    code: 'schema_incompatible',
    message:
      `cannot register schema of ${subject}: not BACKWARD: Order.qty: the writer has no such field and ` +
      'the reader no default (rule field_without_default, backward with version 2)',
  });
  const other = { format: 'json', text: '{}' } as const;
  assert.equal((await registry.check(subject, other)).problems[0]?.rule, 'format');
  assert.deepEqual(await registry.subjects(), [subject]);

  await registry.setCompatibility('NONE', subject);
  const third = await registry.register(subject, { format: 'avro', text: order(field('qty')) });
  assert.deepEqual([third.version, third.semver], [3, '2.0.0']);
  const older = { format: 'avro', text: order(field('x')), semver: '1.5.0' } as const;
  await assert.rejects(registry.register(subject, older), /1\.5\.0 is not newer than 2\.0\.0/);
});

test('transitive modes look at every version, the others at the latest', async () => {
  await using place = await setUp();
  const registry = place.open();
  await registry.setCompatibility('NONE');
  const steps = [
    order(field('total', { type: 'string' })),
    order(),
    order(field('total', { default: 0 })),
  ];
  for (const text of steps.slice(0, 2)) await registry.register('a', { format: 'avro', text });
  const last = { format: 'avro', text: steps[2] as string } as const;
  const verdicts: Record<string, string[]> = {};
  for (const mode of [
    'BACKWARD',
    'BACKWARD_TRANSITIVE',
    'FORWARD',
    'FORWARD_TRANSITIVE',
    'FULL',
    'FULL_TRANSITIVE',
    'NONE',
  ] as const) {
    await registry.setCompatibility(mode, 'a');
    const { problems } = await registry.check('a', last);
    verdicts[mode] = problems.map(({ direction, version }) => `${direction} ${version}`);
  }
  assert.deepEqual(verdicts, {
    BACKWARD: [],
    BACKWARD_TRANSITIVE: ['backward 1'],
    FORWARD: [],
    FORWARD_TRANSITIVE: ['forward 1'],
    FULL: [],
    FULL_TRANSITIVE: ['backward 1', 'forward 1'],
    NONE: [],
  });
});

test('twelve that register at once: no version is lost, and all are checked', async () => {
  await using place = await setUp();
  const names = Array.from({ length: 12 }, (_, n) => `f${n}`);
  const made = await Promise.all(
    names.map((name) =>
      place.open().register('a', { format: 'avro', text: order(field(name, { default: 0 })) }),
    ),
  );
  const { versions } = await place.open().subject('a');
  assert.deepEqual(
    versions.map(({ version }) => version),
    names.map((_, n) => n + 1),
  );
  assert.deepEqual(new Set(versions.map(({ id }) => id)), new Set(made.map(({ id }) => id)));
  assert.equal(new Set(versions.map(({ number }) => number)).size, 12);
});

test('references: found by version, part of the id', async () => {
  await using place = await setUp();
  const registry = place.open();
  const money = 'syntax = "proto3"; package shared; message Money { int32 cents = 1; }';
  await registry.register('money', { format: 'protobuf', text: money });
  const text = 'syntax = "proto3"; import "m.proto"; message Bill { shared.Money sum = 1; }';
  await assert.rejects(registry.register('bill', { format: 'protobuf', text }), /m\.proto/);
  const references = [{ name: 'm.proto', subject: 'money', version: 1 }];
  const { id } = await registry.register('bill', { format: 'protobuf', text, references });
  const codec = await place.open().codec(id);
  assert.deepEqual(codec.decode(codec.encode({ sum: { cents: 5 } })), { sum: { cents: 5 } });
  const missing = [{ name: 'm.proto', subject: 'money', version: 2 }];
  await assert.rejects(registry.check('bill', { format: 'protobuf', text, references: missing }), {
    code: 'schema_not_found',
  });
});

test('messages: the id in a header or in a prefix, read without being told which', async () => {
  await using place = await setUp();
  const registry = place.open();
  const texts = {
    avro: order(),
    json: '{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}',
    protobuf: 'syntax = "proto3"; message Order { string id = 1; }',
  };
  for (const format of formats) {
    const { id, number } = await registry.register(format.name, {
      format: format.name,
      text: texts[format.name],
    });
    for (const wire of ['header', 'confluent'] as const) {
      const messages = await schemaMessages({ registry, wire });
      const message = await messages.encode(format.name, { id: '1' });
      assert.equal(message.headers.get('Schema-Id'), wire === 'header' ? id : '');
      if (wire === 'confluent') {
        assert.equal(message.data[0], 0);
        assert.equal(Buffer.from(message.data).readUInt32BE(1), number);
      }
      const reader = await schemaMessages({ registry: place.open() });
      const { value, schema } = await reader.decode<{ id: string }>(message);
      assert.deepEqual([value.id, schema.id], ['1', id]);
      await assert.rejects(messages.encode(format.name, { id: 1 }), { code: 'encode_failed' });
    }
  }
  const reader = await schemaMessages({ registry });
  const stranger = { data: Buffer.from([0, 0, 0, 0, 9, 1]) };
  await assert.rejects(reader.decode(stranger), { code: 'schema_unknown' });
  await assert.rejects(reader.decode({ data: Buffer.from('{}') }), { code: 'framing' });
});

test('any message of a Protobuf file is framed, and read as that', async () => {
  await using place = await setUp();
  const registry = place.open();
  const text = `syntax = "proto3";
    message Order { string id = 1; }
    message Bill { int32 id = 1; message Line { bool id = 1; } }`;
  await registry.register('file', { format: 'protobuf', text });
  const reader = await schemaMessages({ registry: place.open() });
  for (const [message, id] of [
    [[0], 'a'],
    [[1], 7],
    [[1, 0], true],
  ] as const) {
    const writer = await schemaMessages({ registry, wire: 'confluent', message });
    const { data } = await writer.encode('file', { id });
    assert.deepEqual((await reader.decode({ data })).value, { id });
  }
  const missing = await schemaMessages({ registry, wire: 'confluent', message: [2] });
  await assert.rejects(missing.encode('file', {}), { code: 'schema_invalid' });
});

test('a reader takes an old message as the version that it knows', async () => {
  await using place = await setUp();
  const registry = place.open();
  await registry.register('a', { format: 'avro', text: order() });
  const next = order(field('total', { default: 7 }));
  const { id } = await registry.register('a', { format: 'avro', text: next });
  const old = await (await schemaMessages({ registry })).encode('a', { id: '1' }, 1);
  const reader = await schemaMessages({ registry, readAs: id });
  assert.deepEqual({ ...(await reader.decode<object>(old)).value }, { id: '1', total: 7 });
});

test('works from the file cache when NATS is away, and says what it cannot', async () => {
  await using place = await setUp();
  await using dir = await tempDir('schemas');
  const cache = fileCache(dir.path);
  const registry = place.open({ cache });
  const { id } = await registry.register('a', { format: 'avro', text: order() });
  const message = await (await schemaMessages({ registry })).encode('a', { id: '1' });
  await place.nc.close();
  await place.nats.kill();
  // The same process with a dead connection, and one that starts without any.
  for (const offline of [
    place.open({ cache: fileCache(dir.path) }),
    new SchemaRegistry({ formats, cache: fileCache(dir.path) }),
  ]) {
    const messages = await schemaMessages({ registry: offline });
    assert.equal((await messages.decode<{ id: string }>(message)).value.id, '1');
    assert.equal((await messages.encode('a', { id: '2' })).headers.get('Schema-Id'), id);
    assert.deepEqual(await offline.subjects(), ['a']);
    await assert.rejects(offline.subject('b'), { code: 'schema_not_found' });
    await assert.rejects(
      offline.register('a', { format: 'avro', text: order(field('x', { default: 0 })) }),
    );
  }
});

/** Reads a frame as the Confluent clients do: struct, then the payload by hand; writes one back. */
const PYTHON = `
import json, struct, sys
frame = bytes.fromhex(sys.argv[1])
magic, number = struct.unpack('>bI', frame[:5])
value = json.loads(frame[5:])
back = struct.pack('>bI', 0, number) + json.dumps({'id': value['id'] + '!'}).encode()
print(json.dumps({'magic': magic, 'number': number, 'value': value, 'back': back.hex()}))
`;

test('Confluent frames are read and written by Python', async (t) => {
  await using place = await setUp();
  const registry = place.open();
  const text = '{"type":"object","properties":{"id":{"type":"string"}}}';
  const { number } = await registry.register('a', { format: 'json', text });
  const messages = await schemaMessages({ registry, wire: 'confluent' });
  const { data } = await messages.encode('a', { id: 'ü' });
  const args = ['-c', PYTHON, Buffer.from(data).toString('hex')];
  const ran = await promisify(execFile)('python3', args).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!ran) return t.skip('NOT TESTED: there is no python3');
  const said = JSON.parse(ran.stdout) as { back: string; magic: number; number: number };
  assert.deepEqual([said.magic, said.number], [0, number]);
  const { value } = await messages.decode({ data: Buffer.from(said.back, 'hex') });
  assert.deepEqual(value, { id: 'ü!' });
});
