import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type NatsServer, startNats } from '@hopline/testkit';
import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { metrics, type Span, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { avro } from '../codecs/avro/index.ts';
import { type SchemaMessages, SchemaRegistry, schemaMessages } from './index.ts';

const ORDER = '{"type":"record","name":"Order","fields":[{"name":"id","type":"string"}]}';

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
let nats: NatsServer;
let nc: NatsConnection;
let messages: SchemaMessages;
let framed: SchemaMessages;
let id: string;

before(async () => {
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  nats = await startNats();
  nc = await connect({ servers: nats.url });
  const registry = new SchemaRegistry({
    bucket: await new Kvm(nc).create('schemas'),
    formats: [avro],
  });
  id = (await registry.register('order', { format: 'avro', text: ORDER })).id;
  messages = await schemaMessages({ registry });
  framed = await schemaMessages({ registry, wire: 'confluent' });
});
after(async () => {
  metrics.disable();
  trace.disable();
  await reader.shutdown();
  await nc?.close();
  await nats?.[Symbol.asyncDispose]();
});

/** What the span that is active meanwhile is told. */
async function told(run: () => Promise<unknown>): Promise<{ set: object; events: unknown[] }> {
  const set: Record<string, unknown> = {};
  const events: unknown[] = [];
  const span = {
    setAttributes: (more: object) => Object.assign(set, more),
    addEvent: (name: string, more: object) => events.push([name, more]),
  } as unknown as Span;
  const before = trace.getActiveSpan;
  trace.getActiveSpan = () => span;
  try {
    await run().catch(() => undefined);
  } finally {
    trace.getActiveSpan = before;
  }
  return { set, events };
}

/** Points of a counter: attributes without the prefix, and the sum. */
async function counted(name: string): Promise<[Record<string, unknown>, number][]> {
  exporter.reset();
  await reader.forceFlush();
  const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
  return all
    .flatMap(({ metrics: some }) => some)
    .filter(({ descriptor }) => descriptor.name === name)
    .flatMap(({ dataPoints }) => dataPoints as DataPoint<number>[])
    .map(({ attributes, value }) => [
      Object.fromEntries(
        Object.entries(attributes).map(([key, one]) => [
          key
            .replace('messaging.nats.schema.', '')
            .replace('messaging.operation.name', 'operation'),
          one,
        ]),
      ),
      value,
    ]);
}

test('id, version and error on the span of the reader, and counts by schema', async () => {
  const good = await messages.encode('order', { id: '1' });
  const schema = { id, subject: 'order', version: 1, format: 'avro' };
  const named = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [`messaging.nats.schema.${key}`, value]),
  );
  const reading = await told(() => messages.decode(good));
  assert.deepEqual(reading, { set: named, events: [] });
  const broken = await told(() => messages.decode({ ...good, data: Buffer.from('broken') }));
  assert.deepEqual(broken.set, {
    ...named,
    'error.type': 'decode_failed',
    'messaging.nats.schema.error': 'decode_failed',
  });
  const unknown = await told(() => messages.decode({ data: Buffer.from([0, 0, 0, 0, 9, 1]) }));
  assert.deepEqual(unknown.set, {
    'error.type': 'schema_unknown',
    'messaging.nats.schema.error': 'schema_unknown',
  });
  // The span that is active while a message is made is another's.
  const writing = await told(() => framed.encode('order', { id: '1' }));
  assert.deepEqual(writing, { set: {}, events: [] });
  const refused = await told(() => messages.encode('order', { id: 1 }));
  assert.deepEqual(refused.set, {});
  assert.deepEqual(refused.events, [
    ['schema.encode_failed', { ...named, 'error.type': 'encode_failed' }],
  ]);

  assert.deepEqual(await counted('messaging.nats.schema.messages'), [
    [{ ...schema, operation: 'encode' }, 2],
    [{ ...schema, operation: 'decode' }, 1],
  ]);
  assert.deepEqual(await counted('messaging.nats.schema.failures'), [
    [{ ...schema, 'error.type': 'decode_failed', operation: 'decode' }, 1],
    [{ 'error.type': 'schema_unknown', operation: 'decode' }, 1],
    [{ ...schema, 'error.type': 'encode_failed', operation: 'encode' }, 1],
  ]);
});
