import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import type { JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { propagation } from '@opentelemetry/api';
import { type TracedClients, tracedClients } from './testing/traced-clients.ts';

let clients: TracedClients;
let nc: NatsConnection;
let js: JetStreamClient;
const unhandled: unknown[] = [];

before(async () => {
  clients = await tracedClients();
  nc = clients.nc;
  js = clients.jetStream.jetstream(nc);
  process.on('unhandledRejection', (reason) => void unhandled.push(reason));
});
after(() => clients[Symbol.asyncDispose]());
beforeEach(() => clients.spans.clear());
afterEach(() => {
  clients.instrumentation.setConfig({});
  assert.deepEqual(unhandled, []);
});

/** Every kind of operation once; throws when anything of it fails the application. */
async function everything(): Promise<void> {
  const got: string[] = [];
  const called = nc.subscribe('all.called', {
    callback: (_error, message) => {
      got.push('called');
      message.respond('ok');
    },
  });
  const looped = nc.subscribe('all.looped', { max: 1 });
  nc.publish('all.looped', 'x');
  for await (const _message of looped) got.push('looped');
  assert.equal((await nc.request('all.called', 'q')).string(), 'ok');
  called.unsubscribe();
  const jsm = await js.jetstreamManager();
  await jsm.streams.add({
    name: 'ALL',
    subjects: ['all.stored'],
    storage: clients.jetStream.StorageType.Memory,
  });
  await jsm.consumers.add('ALL', {
    durable_name: 'worker',
    ack_policy: clients.jetStream.AckPolicy.Explicit,
  });
  await js.publish('all.stored', 'x');
  await js.publish('all.stored', 'x');
  const consumer = await js.consumers.get('ALL', 'worker');
  (await consumer.next())?.ack();
  for await (const message of await consumer.consume()) {
    got.push('consumed');
    await message.ackAck();
    break;
  }
  await jsm.streams.delete('ALL');
  assert.deepEqual(got, ['looped', 'called', 'consumed']);
}

const fail = (): never => {
  throw new Error('broken on purpose');
};

suite('what is broken around it does not reach the application', () => {
  test('hooks', async () => {
    clients.instrumentation.setConfig({
      publishHook: fail,
      consumeHook: fail,
      responseHook: fail,
      captureHeaders: ['*'],
    });
    await everything();
  });

  test('the propagator', async () => {
    propagation.disable();
    propagation.setGlobalPropagator({ inject: fail, extract: fail, fields: () => ['x'] });
    try {
      await everything();
    } finally {
      const { W3CTraceContextPropagator } = await import('@opentelemetry/core');
      propagation.disable();
      propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    }
  });

  test('the tracer', async () => {
    const broken = { startSpan: fail, startActiveSpan: fail };
    clients.instrumentation.setTracerProvider({ getTracer: () => broken as never });
    try {
      await everything();
    } finally {
      const { trace } = await import('@opentelemetry/api');
      clients.instrumentation.setTracerProvider(trace.getTracerProvider());
    }
    assert.deepEqual(clients.spans.names(), []);
  });

  test('a header map that throws when it is read', async () => {
    const headers = clients.nats.headers();
    Object.defineProperty(headers, 'headers', { get: fail, configurable: true });
    assert.throws(() => nc.publish('all.broken', 'x', { headers }), /on purpose/);
    await nc.flush();
  });
});

test('a callback that throws ends the read loop, as it does without us, and its span says so', async () => {
  const connection = await clients.nats.connect({ servers: clients.url });
  const complaint = console.log;
  const said: unknown[] = [];
  console.log = (...words: unknown[]) => void said.push(words);
  try {
    connection.subscribe('throws.sync', { callback: fail });
    await connection.flush();
    nc.publish('throws.sync');
    await waitFor(() => clients.spans.names().includes('process throws.sync'), {
      message: 'the span',
    });
    assert.equal(clients.spans.one('process throws.sync').attributes['error.type'], 'Error');
    await waitFor(() => said.length > 0, { message: "the client's own words" });
    assert.match(JSON.stringify(said), /reader closed/);
  } finally {
    console.log = complaint;
    connection.close().catch(() => {});
  }
});

test('disable and enable under load: no message is lost, and at the end all is as before', async () => {
  let received = 0;
  const sub = nc.subscribe('load', { callback: () => void received++ });
  const loop = (async () => {
    const looped = nc.subscribe('load', { max: 5000 });
    let count = 0;
    for await (const _message of looped) count += 1;
    return count;
  })();
  for (let i = 0; i < 5000; i++) {
    if (i % 250 === 0) clients.instrumentation.disable();
    if (i % 250 === 100) clients.instrumentation.enable();
    nc.publish('load', 'x');
    if (i % 100 === 0) await nc.flush();
  }
  clients.instrumentation.enable();
  assert.equal(await loop, 5000);
  await waitFor(() => received === 5000, { message: 'all messages' });
  sub.unsubscribe();
  clients.spans.clear();
  await everything();
  const names = clients.spans.names();
  assert.equal(names.filter((name) => name === 'publish all.looped').length, 1);
  assert.equal(names.filter((name) => name === 'process all.looped').length, 1);
});

test('drain and close with messages in hand: the spans of loops end', async () => {
  const connection = await clients.nats.connect({ servers: clients.url });
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const sub = connection.subscribe('held');
  let inHand = false;
  const loop = (async () => {
    for await (const _message of sub) {
      inHand = true;
      await held;
    }
  })();
  await connection.flush();
  nc.publish('held', 'x');
  await waitFor(() => inHand, { message: 'the message' });
  const closed = connection.close();
  assert.equal(clients.spans.names().includes('process held'), false);
  release();
  await loop;
  await closed;
  assert.equal(clients.spans.names().filter((name) => name === 'process held').length, 1);
});

test('a storm of reconnects: traces and context go on', async () => {
  await using server = await startNats();
  const connection = await clients.nats.connect({
    servers: server.url,
    reconnectTimeWait: 10,
    maxReconnectAttempts: -1,
  });
  const seen: string[] = [];
  connection.subscribe('storm', {
    callback: (_error, message) => void seen.push(message.string()),
  });
  for (let round = 0; round < 5; round++) {
    await server.kill();
    connection.publish('storm', 'lost');
    await server.restart();
    await waitFor(
      async () => {
        connection.publish('storm', `round ${round}`);
        await connection.flush().catch(() => {});
        return seen.includes(`round ${round}`);
      },
      { message: `round ${round}` },
    );
  }
  const processed = clients.spans.all().filter(({ name }) => name === 'process storm');
  const published = new Set(clients.spans.all().map((span) => span.spanContext().spanId));
  assert.equal(processed.length, seen.length);
  assert.ok(processed.every((span) => published.has(span.parentSpanContext?.spanId ?? '')));
  await connection.close();
});

test('messages that nobody acknowledges leave nothing behind', async () => {
  const jsm = await js.jetstreamManager();
  const { AckPolicy, StorageType } = clients.jetStream;
  await jsm.streams.add({ name: 'NEVER', subjects: ['never'], storage: StorageType.Memory });
  await jsm.consumers.add('NEVER', {
    durable_name: 'worker',
    ack_policy: AckPolicy.Explicit,
    max_ack_pending: -1,
  });
  clients.instrumentation.disable();
  for (let i = 0; i < 5000; i++) nc.publish('never', 'x');
  await nc.flush();
  clients.instrumentation.enable();
  const messages: WeakRef<object>[] = [];
  const consumer = await js.consumers.get('NEVER', 'worker');
  let count = 0;
  for await (const message of await consumer.consume({ max_messages: 1000 })) {
    if (count < 1000) messages.push(new WeakRef(message));
    count += 1;
    if (count % 1000 === 0) clients.spans.clear();
    if (count === 5000) break;
  }
  clients.spans.clear();
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  await waitFor(
    () => {
      collect();
      return messages.every((message) => message.deref() === undefined);
    },
    { message: 'the messages to be collected' },
  );
  await jsm.streams.delete('NEVER');
});
