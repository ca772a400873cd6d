import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, fixed } from '../connect/index.ts';
import { metricLines } from '../testing/metric-lines.ts';
import { BufferFull, createPublisher } from './index.ts';

test('what became of each message, of two publishers of one connection', async () => {
  await using nats = await startNats();
  await using metrics = metricLines();
  await using connection = await connect({
    name: 'shop',
    servers: nats.url,
    backoff: fixed({ delayMs: 20, jitterMs: 5 }),
  });
  const jsm = await jetstreamManager(connection.nc);
  await jsm.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  const { meter } = metrics;
  const js = jetstream(connection.nc);
  const stored = await createPublisher(connection, { meter, jetstream: js, maxMessages: 3 });
  const core = await createPublisher(connection, {
    meter,
    maxMessages: 2,
    whenFull: 'drop-oldest',
  });
  for (const messageId of ['a', 'b', 'a']) await stored.publish('orders.new', 'x', { messageId });
  await core.publish('tick');
  await nats.kill();
  await waitFor(() => connection.state === 'reconnecting', { message: 'the outage' });
  for (let n = 0; n < 3; n++) void stored.publish('orders.new', '12345');
  assert.throws(() => stored.publish('orders.new'), BufferFull);
  for (let n = 0; n < 5; n++) void core.publish('tick', '1');
  const waiting = await metrics.collect();
  const sizeBytes = stored.stats.bufferedBytes;
  assert.ok(sizeBytes > 3 * 'orders.new12345'.length);
  assert.deepEqual(waiting, [
    'messaging.nats.publish.buffered shop publisher 3',
    'messaging.nats.publish.buffered shop publisher-2 2',
    `messaging.nats.publish.buffered.size shop publisher ${sizeBytes}`,
    'messaging.nats.publish.buffered.size shop publisher-2 10',
    'messaging.nats.publish.dropped shop publisher refused 1',
    'messaging.nats.publish.dropped shop publisher-2 oldest 3',
    'messaging.nats.publish.messages shop publisher acknowledged 2',
    'messaging.nats.publish.messages shop publisher duplicate 1',
    'messaging.nats.publish.messages shop publisher-2 acknowledged 1',
    'messaging.nats.publish.messages shop publisher-2 dropped 3',
  ]);
  await nats.restart();
  for (const publisher of [stored, core]) {
    assert.deepEqual(await publisher.flush({ deadlineMs: 20_000 }), { pending: 0 });
  }
  // How often a message was sent again while the stream came back is the machine's business.
  const after = (await metrics.collect()).filter((line) => !line.includes('.resent '));
  assert.deepEqual(after, [
    'messaging.nats.publish.dropped shop publisher refused 1',
    'messaging.nats.publish.dropped shop publisher-2 oldest 3',
    'messaging.nats.publish.messages shop publisher acknowledged 5',
    'messaging.nats.publish.messages shop publisher duplicate 1',
    'messaging.nats.publish.messages shop publisher-2 acknowledged 3',
    'messaging.nats.publish.messages shop publisher-2 dropped 3',
  ]);
  await stored.close();
  await core.close();
  await using first = await createPublisher(connection, { meter });
  await using named = await createPublisher(connection, { meter, name: 'bills' });
  for (const publisher of [first, named]) await publisher.publish('tick');
  const names = (await metrics.collect()).map((line) => line.split(' ')[2]);
  assert.deepEqual([...new Set(names)].sort(), ['bills', 'publisher', 'publisher-2']);
});
