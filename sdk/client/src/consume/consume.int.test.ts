import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NatsServer, startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { type Connection, connect, fixed } from '../connect/index.ts';
import { createPublisher } from '../publish/index.ts';
import {
  type ConsumeEvent,
  type ConsumeOptions,
  consume,
  DEAD_LETTER,
  kvSeenIds,
  memorySeenIds,
  type SeenIds,
} from './index.ts';

const MS = 1e6;

async function setUp(nats: NatsServer): Promise<Connection> {
  const connection = await connect({
    name: 'test',
    servers: nats.url,
    backoff: fixed({ delayMs: 20, jitterMs: 5 }),
    drainTimeoutMs: 5_000,
  });
  const jsm = await jetstreamManager(connection.nc);
  await jsm.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  await jsm.streams.add({ name: 'DEAD', subjects: ['dead.>'] });
  return connection;
}

function billing(
  connection: Connection,
  options: Pick<ConsumeOptions, 'handler'> & Partial<ConsumeOptions>,
): ConsumeOptions {
  return {
    jetstream: jetstream(connection.nc),
    stream: 'ORDERS',
    consumer: 'billing',
    config: { ack_wait: 600 * MS },
    backoff: fixed({ delayMs: 20, jitterMs: 0 }),
    fetchMs: 1_000,
    ...options,
  };
}

async function publish(connection: Connection, count: number, from = 0): Promise<void> {
  const js = jetstream(connection.nc);
  for (let n = from; n < from + count; n++)
    await js.publish('orders.new', String(n), { msgID: `m${n}` });
}

test('outcomes: done, tried again after its delay, and dead with its cause', async () => {
  await using nats = await startNats();
  await using connection = await setUp(nats);
  const attempts = new Map<string, number[]>();
  const events: ConsumeEvent[] = [];
  await publish(connection, 4);
  await using running = consume(
    connection,
    billing(connection, {
      maxAttempts: 3,
      deadLetterSubject: 'dead.orders',
      onEvent: (event) => events.push(event),
      handler: (message, { attempt }) => {
        const name = message.string();
        attempts.set(name, [...(attempts.get(name) ?? []), performance.now()]);
        if (name === '1' && attempt === 1) return { outcome: 'retry', delayMs: 150 };
        if (name === '2') return { outcome: 'reject', reason: 'no such\ncustomer' };
        if (name === '3') throw new Error('database away');
        return undefined;
      },
    }),
  );
  await waitFor(() => running.stats['dead lettered'] === 2, { message: 'two dead letters' });
  await waitFor(() => running.stats.handled === 2, { message: 'two handled' });
  assert.deepEqual(
    [...attempts].map(([name, times]) => [name, times.length]),
    [
      ['0', 1],
      ['1', 2],
      ['2', 1],
      ['3', 3],
    ],
  );
  const [first = 0, second = 0] = attempts.get('1') ?? [];
  assert.ok(second - first >= 140, `${second - first} ms`);
  assert.equal(events.filter(({ type }) => type === 'retry').length, 3);

  const dead = await (await jetstreamManager(connection.nc)).streams.getMessage('DEAD', { seq: 2 });
  assert.equal(dead?.string(), '3');
  const header = (name: string) => dead?.header.get(name);
  assert.deepEqual(
    [
      DEAD_LETTER.reason,
      DEAD_LETTER.subject,
      DEAD_LETTER.sequence,
      DEAD_LETTER.attempts,
      DEAD_LETTER.messageId,
    ].map(header),
    ['database away', 'orders.new', '4', '3', 'm3'],
  );
  const { num_ack_pending: unsettled } = await (
    await jetstream(connection.nc).consumers.get('ORDERS', 'billing')
  ).info();
  assert.equal(unsettled, 0);
});

test('a handler three times as long as ack_wait gets its message once; never more than allowed run', async () => {
  await using nats = await startNats();
  await using connection = await setUp(nats);
  await publish(connection, 6);
  let [running, most, calls] = [0, 0, 0];
  await using consumer = consume(
    connection,
    billing(connection, {
      concurrency: 3,
      handler: async () => {
        calls++;
        most = Math.max(most, ++running);
        await sleep(1_800);
        running--;
      },
    }),
  );
  await waitFor(() => consumer.stats.handled === 6, { message: 'six handled', timeoutMs: 15_000 });
  assert.equal(calls, 6);
  assert.equal(most, 3);
});

test('a deleted consumer and an outage: consuming goes on, and ids keep repetitions out', async (t) => {
  await using nats = await startNats();
  await using connection = await setUp(nats);
  const bucket = await new Kvm(jetstream(connection.nc)).create('seen', { ttl: 60_000 });
  const stores: [string, SeenIds][] = [
    ['memory', memorySeenIds()],
    ['key-value bucket', kvSeenIds(bucket)],
  ];
  const jsm = await jetstreamManager(connection.nc);
  for (const [name, seen] of stores) {
    await t.test(name, async () => {
      await jsm.streams.purge('ORDERS');
      const from = name === 'memory' ? 0 : 100;
      const handled: string[] = [];
      const handler = (message: { string(): string }) => void handled.push(message.string());
      await publish(connection, 10, from);
      await using consumer = consume(connection, billing(connection, { seen, handler }));
      await waitFor(() => consumer.stats.handled === 10, { message: 'ten handled' });
      // The new consumer knows nothing: all ten come again.
      await jsm.consumers.delete('ORDERS', 'billing');
      await waitFor(() => consumer.stats.duplicate === 10, { message: 'ten known ones' });
      await nats.kill();
      await sleep(300);
      await nats.restart();
      await waitFor(() => connection.state === 'connected', { message: 'connected' });
      await publish(connection, 10, from + 10);
      await waitFor(() => consumer.stats.handled === 20, {
        message: 'twenty handled',
        timeoutMs: 20_000,
      });
      const all = Array.from({ length: 20 }, (_, n) => String(from + n));
      assert.deepEqual([...handled].sort(), [...all].sort());
      await jsm.consumers.delete('ORDERS', 'billing').catch(() => {});
    });
  }
});

test('draining the connection: what runs is finished and acknowledged, the rest stays in the stream', async () => {
  await using nats = await startNats();
  await using connection = await setUp(nats);
  await publish(connection, 10);
  const handled: string[] = [];
  const outcomes: Promise<{ outcome: string }>[] = [];
  const publisher = await createPublisher(connection, { jetstream: jetstream(connection.nc) });
  const config = { ack_wait: 60_000 * MS };
  const consumer = consume(
    connection,
    billing(connection, {
      config,
      concurrency: 2,
      handler: async (message) => {
        await sleep(200);
        handled.push(message.string());
        outcomes.push(publisher.publish('dead.bills', message.string()));
      },
    }),
  );
  await waitFor(() => consumer.stats.running === 2, { message: 'two running' });
  await connection.drain();
  assert.ok(handled.length >= 2 && handled.length <= 4, `${handled}`);
  const bills = (await Promise.all(outcomes)).map(({ outcome }) => outcome);
  assert.deepEqual(
    bills,
    handled.map(() => 'acknowledged'),
    'what handlers publish last goes out',
  );
  await using other = await connect({ name: 'other', servers: nats.url });
  // Within ack_wait only what was given back can come again.
  const rest: string[] = [];
  await using second = consume(
    other,
    billing(other, { config, handler: (message) => void rest.push(message.string()) }),
  );
  await waitFor(() => second.stats.handled === 10 - handled.length, { message: 'the rest' });
  assert.deepEqual([...handled, ...rest].sort(), [...'0123456789']);
});

test('slow handlers: what is kept ready for them is delivered to nobody else', async () => {
  await using nats = await startNats();
  await using connection = await setUp(nats);
  await publish(connection, 12);
  const calls: string[] = [];
  await using consumer = consume(
    connection,
    billing(connection, {
      concurrency: 1,
      prefetch: 12,
      handler: async (message, { attempt }) => {
        calls.push(`${message.string()} attempt ${attempt}`);
        // All together several times ack_wait.
        await sleep(200);
      },
    }),
  );
  await waitFor(() => consumer.stats.handled === 12, { message: 'twelve handled' });
  assert.deepEqual(
    calls,
    Array.from({ length: 12 }, (_, n) => `${n} attempt 1`),
  );
});

test('prefetch 0: nothing is fetched beyond what can be handled', async () => {
  await using nats = await startNats();
  await using connection = await setUp(nats);
  await publish(connection, 10);
  const gate = new AbortController();
  await using consumer = consume(
    connection,
    billing(connection, {
      concurrency: 3,
      prefetch: 0,
      handler: async () => {
        if (!gate.signal.aborted) await once(gate.signal, 'abort');
      },
    }),
  );
  await waitFor(() => consumer.stats.running === 3, { message: 'three running' });
  const info = await (await jetstream(connection.nc).consumers.get('ORDERS', 'billing')).info();
  assert.equal(info.num_ack_pending, 3);
  assert.equal(info.num_pending, 7);
  gate.abort();
  await waitFor(() => consumer.stats.handled === 10, { message: 'ten handled' });
});

test('when the dead letters cannot be stored the message stays', async () => {
  await using nats = await startNats();
  await using connection = await setUp(nats);
  await publish(connection, 1);
  await using consumer = consume(
    connection,
    billing(connection, {
      deadLetterSubject: 'nobody.stores.this',
      handler: () => ({ outcome: 'reject', reason: 'bad' }),
    }),
  );
  await waitFor(() => consumer.stats.retried >= 2, { message: 'two more tries' });
  assert.equal(consumer.stats['dead lettered'], 0);
  await (await jetstreamManager(connection.nc)).streams.add({
    name: 'LATE',
    subjects: ['nobody.>'],
  });
  await waitFor(() => consumer.stats['dead lettered'] === 1, { message: 'the dead letter' });
});
