import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, fixed } from '../connect/index.ts';
import { metricLines } from '../testing/metric-lines.ts';
import { consume, memorySeenIds } from './index.ts';

test('deliveries by outcome, failures by error, what is in hand, and how long handlers take', async () => {
  await using nats = await startNats();
  await using metrics = metricLines();
  await using connection = await connect({ name: 'shop', servers: nats.url });
  const jsm = await jetstreamManager(connection.nc);
  const js = jetstream(connection.nc);
  await jsm.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  for (const name of ['good', 'bad', 'late', 'never', 'slow']) {
    await js.publish('orders.new', name, { msgID: name });
  }
  const seen = memorySeenIds();
  await seen.add('good');
  const slow = Promise.withResolvers<void>();
  await using consumer = consume(connection, {
    jetstream: js,
    stream: 'ORDERS',
    consumer: 'billing',
    config: {},
    backoff: fixed({ delayMs: 20, jitterMs: 0 }),
    fetchMs: 1_000,
    maxAttempts: 3,
    meter: metrics.meter,
    seen,
    handler: async (message, { attempt }) => {
      const name = message.string();
      if (name === 'bad') throw new TypeError('cannot read it');
      if (name === 'late' && attempt === 1) return { outcome: 'retry' };
      if (name === 'never') return { outcome: 'reject', reason: 'no such customer' };
      if (name === 'slow') await slow.promise;
      return undefined;
    },
  });
  await waitFor(() => consumer.stats['dead lettered'] === 2 && consumer.stats.handled === 1, {
    message: 'all but the slow one',
  });
  const about = 'shop ORDERS billing';
  const settled = [
    `messaging.nats.consume.failures ${about} TypeError 3`,
    `messaging.nats.consume.handler.duration ${about} 6x`,
    `messaging.nats.consume.messages ${about} dead lettered 2`,
    `messaging.nats.consume.messages ${about} duplicate 1`,
    `messaging.nats.consume.messages ${about} handled 1`,
    `messaging.nats.consume.messages ${about} retried 3`,
  ];
  assert.deepEqual(await metrics.collect(), [
    ...settled,
    `messaging.nats.consume.running ${about} 1`,
  ]);
  slow.resolve();
  await waitFor(() => consumer.stats.handled === 2, { message: 'the slow one' });
  await jsm.consumers.delete('ORDERS', 'billing');
  await waitFor(() => consumer.stats.restarts > 0, { message: 'a restart' });
  const after = await metrics.collect();
  assert.ok(after.some((line) => line.startsWith(`messaging.nats.consume.restarts ${about} `)));
  assert.ok(after.includes(`messaging.nats.consume.handler.duration ${about} 7x`), `${after}`);
});

test('a connection that is closed ends its consumers, handlers included', async () => {
  await using nats = await startNats();
  await using connection = await connect({ name: 'shop', servers: nats.url });
  const jsm = await jetstreamManager(connection.nc);
  await jsm.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  const js = jetstream(connection.nc);
  await js.publish('orders.new', 'x');
  const ended: string[] = [];
  const events: string[] = [];
  const consumer = consume(connection, {
    jetstream: js,
    stream: 'ORDERS',
    consumer: 'billing',
    config: { ack_wait: 300e6 },
    fetchMs: 1_000,
    backoff: () => {
      throw new Error('a strategy that throws');
    },
    onEvent: ({ type }) => events.push(type),
    handler: async (_message, { signal }) =>
      await new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          ended.push('aborted');
          reject(new Error('aborted'));
        });
      }),
  });
  await waitFor(() => consumer.stats.running === 1, { message: 'the handler' });
  await connection.close();
  await waitFor(() => consumer.stats.running === 0, { message: 'its end' });
  assert.deepEqual(ended, ['aborted']);
  await consumer.stop();
  assert.deepEqual(events, ['retry'], 'nothing is tried on a connection that is closed');
});
