import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startProcess, waitFor } from '@hopline/testkit';
import type { NatsConnection } from '@nats-io/nats-core';
import { SpanStatusCode } from '@opentelemetry/api';
import { type TracedClients, tracedClients } from './testing/traced-clients.ts';

let clients: TracedClients;
let nc: NatsConnection;

before(async () => {
  clients = await tracedClients();
  nc = clients.nc;
});
after(() => clients[Symbol.asyncDispose]());
beforeEach(() => clients.spans.clear());

test('an async handler: the span ends with its promise, a rejection is an error and stays unhandled', async () => {
  const unhandled: unknown[] = [];
  const collect = (reason: unknown) => void unhandled.push(reason);
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', collect);
  const sub = nc.subscribe('rejects', {
    callback: async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('handler failed');
    },
  });
  nc.publish('rejects');
  await waitFor(() => unhandled.length > 0, { message: 'the rejection' });
  process.removeListener('unhandledRejection', collect);
  for (const listener of listeners) process.on('unhandledRejection', listener);
  sub.unsubscribe();
  assert.match(String(unhandled), /^Error: handler failed$/);
  const span = clients.spans.one('process rejects');
  assert.deepEqual(span.status, { code: SpanStatusCode.ERROR, message: 'handler failed' });
  assert.equal(span.attributes['error.type'], 'Error');
  assert.equal(span.events[0]?.name, 'exception');
  assert.ok(span.duration[0] * 1e3 + span.duration[1] / 1e6 >= 19);
});

test('a JetStream callback that throws ends its consumer, as it does without us', async () => {
  const js = clients.jetStream.jetstream(nc);
  const jsm = await js.jetstreamManager();
  await jsm.streams.add({
    name: 'T',
    subjects: ['throws'],
    storage: clients.jetStream.StorageType.Memory,
  });
  await jsm.consumers.add('T', {
    durable_name: 'd',
    ack_policy: clients.jetStream.AckPolicy.Explicit,
  });
  const consumer = await js.consumers.get('T', 'd');
  const messages = await consumer.consume({
    callback: () => {
      throw new Error('handler failed');
    },
  });
  await js.publish('throws');
  assert.match(String(await messages.closed()), /handler failed/);
  assert.equal(clients.spans.one('process throws').status.code, SpanStatusCode.ERROR);
});

test('what publish throws reaches the caller unchanged and is on the span', () => {
  assert.throws(
    () => nc.publish('too.big', new Uint8Array((nc.info?.max_payload ?? 0) + 1)),
    /max_payload/,
  );
  assert.equal(clients.spans.one('publish too.big').status.code, SpanStatusCode.ERROR);
  assert.throws(() => nc.publish('white space', 'x'));
});

test('lazy thenables returned by a handler are not started', async () => {
  let started = false;
  const sub = nc.subscribe('lazy', {
    // biome-ignore lint/suspicious/noThenProperty: the very thing under test
    callback: (() => ({ then: () => (started = true) })) as unknown as () => void,
  });
  nc.publish('lazy');
  await waitFor(() => clients.spans.names().includes('process lazy'), { message: 'the span' });
  sub.unsubscribe();
  assert.equal(started, false);
});

test('two registrations give one span', async () => {
  const output = await runScript(`
    import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
    import { NatsInstrumentation } from '@hopline/instrumentation';
    const exporter = new InMemorySpanExporter();
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
    new NatsInstrumentation();
    new NatsInstrumentation();
    const { connect } = await import('@nats-io/transport-node');
    const nc = await connect({ servers: '${clients.url}' });
    const sub = nc.subscribe('twice', { max: 2 });
    nc.publish('twice');
    await nc.request('twice', 'q', { timeout: 20 }).catch(() => {});
    for await (const m of sub) await m;
    await nc.drain();
    console.log(exporter.getFinishedSpans().map((span) => span.name).sort().join());
  `);
  assert.equal(output, 'process twice,process twice,publish twice,request twice\n');
});

test('a setup that comes after the instrumentation gets spans and metrics', async () => {
  const output = await runScript(`
    import { metrics } from '@opentelemetry/api';
    import { InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
    import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
    import { registerInstrumentations } from '@opentelemetry/instrumentation';
    import { NatsInstrumentation } from '@hopline/instrumentation';
    registerInstrumentations({ instrumentations: [new NatsInstrumentation()] });
    const { connect } = await import('@nats-io/transport-node');
    const nc = await connect({ servers: '${clients.url}' });
    nc.publish('too.early');
    const exporter = new InMemorySpanExporter();
    const reader = new PeriodicExportingMetricReader({ exporter: new InMemoryMetricExporter(1) });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
    nc.publish('in.time');
    await nc.drain();
    console.log(exporter.getFinishedSpans().map((span) => span.name).join());
    const { resourceMetrics } = await reader.collect();
    const names = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics.map((each) => each.descriptor.name));
    console.log(names.includes('messaging.client.sent.messages'));
  `);
  assert.equal(output, 'publish in.time\ntrue\n');
});

test('disable gives the methods back, enable patches them again', async () => {
  const prototype = Object.getPrototypeOf(nc);
  const patched = prototype.publish === undefined ? undefined : prototype.request;
  clients.instrumentation.disable();
  const original = prototype.request;
  assert.notEqual(original, patched);
  nc.publish('off');
  await nc.flush();
  assert.deepEqual(clients.spans.names(), []);
  clients.instrumentation.enable();
  assert.notEqual(prototype.request, original);
  nc.publish('on');
  assert.deepEqual(clients.spans.names(), ['publish on']);
});

test('an iterator error and a second iterator behave as without us', async () => {
  const sub = nc.subscribe('busy', { timeout: 20 });
  await assert.rejects(async () => {
    for await (const _message of sub) assert.fail('no message expected');
  }, /timeout/i);
  const called = nc.subscribe('busy.callback', { callback: () => {} });
  await assert.rejects(async () => {
    for await (const _message of called) assert.fail('no message expected');
  }, /callback/);
  called.unsubscribe();
});

test('without any SDK the clients work as ever', async () => {
  const output = await runScript(`
    import { NatsInstrumentation } from '@hopline/instrumentation';
    new NatsInstrumentation();
    const { connect } = await import('@nats-io/transport-node');
    const nc = await connect({ servers: '${clients.url}' });
    const sub = nc.subscribe('bare.sdk', { max: 1 });
    nc.publish('bare.sdk', 'hello');
    for await (const m of sub) console.log(m.string(), m.headers);
    nc.subscribe('bare.ask', { callback: (_e, m) => m.respond('yes') });
    console.log((await nc.request('bare.ask')).string());
    await nc.drain();
  `);
  assert.equal(output, 'hello undefined\nyes\n');
});

/** What a fresh process with this ES module says; it must end well. */
async function runScript(script: string): Promise<string> {
  await using app = await startProcess({
    name: 'script',
    args: ['--input-type=module', '-e', script],
    cwd: import.meta.dirname,
  });
  assert.deepEqual(await app.exited, { code: 0, signal: null }, app.output());
  return app.output();
}
