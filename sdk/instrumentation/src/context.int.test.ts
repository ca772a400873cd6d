import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { waitFor } from '@hopline/testkit';
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import {
  activeName,
  idOf,
  parentOf,
  type TracedClients,
  tracedClients,
} from './testing/traced-clients.ts';

let clients: TracedClients;
let nc: NatsConnection;

before(async () => {
  clients = await tracedClients();
  nc = clients.nc;
});
after(() => clients[Symbol.asyncDispose]());
beforeEach(() => clients.spans.clear());

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));
const tracer = () => trace.getTracer('test');
const activeId = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;
/** The id that `publishTraced` had sent the message under. */
const sentBy = (message: Msg): string => message.headers?.get('traceparent').split('-')[2] ?? '';

test('a loop body has its message, before and after awaits, and in work it leaves behind', async () => {
  const sub = nc.subscribe('body.>', { max: 3 });
  const seen: (string | undefined)[] = [];
  const left: Promise<void>[] = [];
  const loop = (async () => {
    for await (const message of sub) {
      const own = activeId();
      const parent = sentBy(message);
      seen.push(activeName());
      await tick();
      assert.equal(activeId(), own);
      await Promise.all([tick(), Promise.resolve()]);
      assert.equal(activeId(), own);
      nc.publish('nested.publish');
      left.push(
        (async () => {
          for (let i = 0; i < 5; i++) await tick();
          assert.equal(activeId(), own);
        })(),
      );
      await waitFor(() => clients.spans.all().some((span) => parentOf(span) === own), {
        message: 'the nested publish',
      });
      assert.notEqual(parent, own);
    }
    assert.equal(activeId(), undefined);
  })();
  for (let i = 0; i < 3; i++) nc.publish(`body.${i}`);
  await loop;
  await Promise.all(left);
  assert.deepEqual(seen, Array(3).fill('process body.>'));
  const nested = clients.spans.all().filter((span) => span.name === 'publish nested.publish');
  const processes = clients.spans.all().filter((span) => span.name === 'process body.>');
  assert.deepEqual(nested.map(parentOf), processes.map(idOf));
});

test('a loop started without await does not leak into the code that started it', async () => {
  const sub = nc.subscribe('leak.a');
  const loop = (async () => {
    for await (const _message of sub) {
      await tick();
      break;
    }
  })();
  const seen: (string | undefined)[] = [];
  const caller = (async () => {
    for (let i = 0; i < 10; i++) {
      seen.push(activeId());
      await tick();
    }
  })();
  setTimeout(() => seen.push(activeId()), 2);
  nc.publish('leak.a');
  assert.equal(activeId(), undefined);
  await Promise.all([loop, caller]);
  assert.deepEqual(seen, Array(11).fill(undefined));
});

test('after break, throw and the natural end the context around the loop is back', async () => {
  await tracer().startActiveSpan('around', async (around) => {
    const own = around.spanContext().spanId;
    const broken = nc.subscribe('end.break');
    nc.publish('end.break');
    for await (const _message of broken) {
      assert.equal(activeName(), 'process end.break');
      break;
    }
    assert.equal(activeId(), own);
    const thrown = nc.subscribe('end.throw');
    nc.publish('end.throw');
    try {
      for await (const _message of thrown) throw new Error('body failed');
    } catch (error) {
      assert.match(String(error), /body failed/);
      assert.equal(activeId(), own);
    }
    const ended = nc.subscribe('end.max', { max: 2 });
    nc.publish('end.max');
    nc.publish('end.max');
    for await (const _message of ended) await tick();
    assert.equal(activeId(), own);
    const drained = nc.subscribe('end.drain');
    nc.publish('end.drain');
    for await (const _message of drained) void drained.drain();
    assert.equal(activeId(), own);
    around.end();
  });
  assert.deepEqual(
    clients.spans.names().filter((name) => name.startsWith('process')),
    [
      'process end.break',
      'process end.drain',
      'process end.max',
      'process end.max',
      'process end.throw',
    ],
  );
});

test('nested and concurrent loops keep apart, 2000 messages', async () => {
  let checked = 0;
  const loop = async (subject: string) => {
    for await (const message of nc.subscribe(subject, { max: 500 })) {
      const span = trace.getActiveSpan() as unknown as { parentSpanContext?: { spanId: string } };
      assert.equal(span.parentSpanContext?.spanId, sentBy(message));
      const own = activeId();
      if (message.string() === '1') {
        const inner = nc.subscribe(`${subject}.inner`, { max: 2 });
        nc.publish(`${subject}.inner`);
        nc.publish(`${subject}.inner`);
        for await (const _nested of inner) {
          await Promise.resolve();
          assert.equal(activeName(), `process ${subject}.inner`);
        }
        assert.equal(activeId(), own);
      }
      await Promise.resolve();
      assert.equal(activeId(), own);
      checked += 1;
    }
    assert.equal(activeId(), undefined);
  };
  const loops = ['apart.a', 'apart.b', 'apart.c', 'apart.d'].map(loop);
  for (let i = 0; i < 500; i++) {
    for (const name of ['a', 'b', 'c', 'd']) nc.publish(`apart.${name}`, String(i % 100));
    if (i % 50 === 0) await tick();
  }
  await Promise.all(loops);
  assert.equal(checked, 2000);
});

test('manual iteration does not disturb the contexts of its callers', async () => {
  const sub = nc.subscribe('manual');
  const iterator = sub[Symbol.asyncIterator]();
  const read = (name: string) =>
    tracer().startActiveSpan(name, async (span) => {
      nc.publish('manual');
      const pending = iterator.next();
      assert.equal(activeName(), name);
      const { value } = await pending;
      assert.equal(value?.subject, 'manual');
      span.end();
    });
  await read('first reader');
  assert.equal(activeId(), undefined);
  await read('second reader');
  assert.equal(activeId(), undefined);
  sub.unsubscribe();
  await iterator.return?.();
  const processes = clients.spans.all().filter((span) => span.name === 'process manual');
  assert.equal(processes.length, 2);
});

test('callbacks start from the message, not from the context of connect()', async () => {
  const own = await tracer().startActiveSpan('connecting', async (span) => {
    const connection = await clients.nats.connect({ servers: clients.url });
    span.end();
    return connection;
  });
  const seen: { id: string | undefined; parent: string | undefined }[] = [];
  const plain = await clients.nats.connect({ servers: clients.url });
  own.subscribe('cb.own', {
    callback: (async () => {
      const span = trace.getActiveSpan() as unknown as { parentSpanContext?: { spanId: string } };
      await tick();
      seen.push({ id: activeId(), parent: span?.parentSpanContext?.spanId });
    }) as () => Promise<never>,
  });
  await own.flush();
  context.with(ROOT_CONTEXT, () => plain.publish('cb.own'));
  await waitFor(() => seen.length === 1 && clients.spans.names().includes('process cb.own'), {
    message: 'the callback',
  });
  const process = clients.spans.one('process cb.own');
  assert.deepEqual(seen, [
    { id: idOf(process), parent: idOf(clients.spans.one('publish cb.own')) },
  ]);
  await own.close();
  await plain.close();
});

test('a message without a context starts a trace of its own, also in an old connection context', async () => {
  const connection = await tracer().startActiveSpan('connecting', async (span) => {
    const opened = await clients.nats.connect({ servers: clients.url });
    span.end();
    return opened;
  });
  connection.subscribe('bare', { callback: () => {} });
  await connection.flush();
  clients.instrumentation.disable();
  nc.publish('bare');
  await nc.flush();
  clients.instrumentation.enable();
  await waitFor(() => clients.spans.names().includes('process bare'), { message: 'the callback' });
  assert.equal(parentOf(clients.spans.one('process bare')), undefined);
  await connection.close();
});
