import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ATTR } from '@hopline/model';
import { waitFor } from '@hopline/testkit';
import { type MetricPoint, type TracedClients, tracedClients } from './testing/traced-clients.ts';

/** Waited on purpose; timers may fire a little early, so less is asserted. */
const WAIT_MS = 120;
const WAITED_S = 0.1;

let clients: TracedClients;

before(async () => {
  clients = await tracedClients();
});
after(() => clients[Symbol.asyncDispose]());

async function pointsOf(metric: string, template: string): Promise<MetricPoint[]> {
  const points = (await clients.metricNames()).get(metric) ?? [];
  return points.filter(({ attributes }) => attributes[ATTR.destinationTemplate] === template);
}

test('a message that waits in the client is measured there', async () => {
  const sub = clients.nc.subscribe('buffered', { max: 3 });
  for (let sent = 0; sent < 3; sent += 1) clients.nc.publish('buffered', 'hello');
  await clients.nc.flush();
  await sleep(WAIT_MS);
  for await (const message of sub) assert.equal(message.string(), 'hello');
  const [waited] = await pointsOf('nats.client.buffer.duration', 'buffered');
  assert.equal(waited?.value, 3);
  assert.equal(waited.unit, 's');
  assert.ok((waited.sum ?? 0) >= 3 * WAITED_S, `${waited.sum} s`);
  assert.deepEqual(await pointsOf('nats.client.queue.duration', 'buffered'), []);
  const sizes = await pointsOf('nats.client.message.size', 'buffered');
  assert.deepEqual(
    sizes.map((size) => [size.attributes[ATTR.operationName], size.value, size.sum]).sort(),
    [
      ['process', 3, 15],
      ['publish', 3, 15],
    ],
  );
});

test('time in the queue, attempts and backlog of a JetStream consumer', async () => {
  const { jetstream, StorageType, AckPolicy } = clients.jetStream;
  const js = jetstream(clients.nc);
  const jsm = await js.jetstreamManager();
  await jsm.streams.add({ name: 'WAIT', subjects: ['wait.>'], storage: StorageType.Memory });
  await jsm.consumers.add('WAIT', {
    durable_name: 'worker',
    ack_policy: AckPolicy.Explicit,
    filter_subject: 'wait.a',
  });
  for (let sent = 0; sent < 3; sent += 1) await js.publish('wait.a', 'x');
  await sleep(WAIT_MS);
  const consumer = await js.consumers.get('WAIT', 'worker');
  for await (const message of await consumer.fetch({ max_messages: 1, expires: 30_000 })) {
    message.nak();
  }
  const pending = async () => {
    const points = (await clients.metricNames()).get('nats.client.consumer.pending') ?? [];
    return points.map(({ attributes, value }) => [
      attributes[ATTR.stream],
      attributes[ATTR.subscription],
      value,
    ]);
  };
  assert.deepEqual(await pending(), [['WAIT', 'worker', 2]]);
  const seen: number[] = [];
  const messages = await consumer.consume({
    callback: (message) => {
      seen.push(message.info.deliveryCount);
      message.ack();
    },
  });
  await waitFor(() => seen.length === 3, { message: 'all three' });
  await messages.close();
  const [queued] = await pointsOf('nats.client.queue.duration', 'wait.a');
  assert.equal(queued?.value, 4, 'each delivery once');
  assert.ok((queued.sum ?? 0) >= 4 * WAITED_S, `${queued.sum} s`);
  const [again] = await pointsOf('nats.client.redeliveries', 'wait.a');
  assert.equal(again?.value, 1);
  assert.deepEqual(await pending(), [['WAIT', 'worker', 0]]);
  assert.equal((await pointsOf('nats.client.message.size', 'wait.a')).length, 2);
});

test('a message from next() is measured once, also when it is handled by withMessage', async () => {
  const { jetstream, StorageType, AckPolicy } = clients.jetStream;
  const js = jetstream(clients.nc);
  const jsm = await js.jetstreamManager();
  await jsm.streams.add({ name: 'ONE', subjects: ['one.>'], storage: StorageType.Memory });
  await jsm.consumers.add('ONE', { durable_name: 'one', ack_policy: AckPolicy.Explicit });
  await js.publish('one.a', 'x');
  const { withMessage } = await import('./with-message.ts');
  const consumer = await js.consumers.get('ONE', 'one');
  const message = await consumer.next({ expires: 30_000 });
  assert.ok(message);
  withMessage(message, () => message.ack());
  const [queued, ...others] = await pointsOf('nats.client.queue.duration', 'one.a');
  assert.equal(queued?.value, 1);
  assert.deepEqual(others, []);
});

test('a loop that falls behind is a slow-consumer event; subscriptions and bytes are measured', async () => {
  const { nc } = clients;
  const total = async (name: string) =>
    Number((await clients.metricNames()).get(`nats.client.${name}`)?.[0]?.value ?? 0);
  const received = await total('received.bytes');
  const subscriptions = await total('active_subscriptions');
  const sub = nc.subscribe('slow', { slow: 3 });
  for (let sent = 0; sent < 20; sent += 1) nc.publish('slow', 'x'.repeat(100));
  await nc.flush();
  await waitFor(async () => (await total('slow_consumer.events')) >= 1, { message: 'the event' });
  assert.equal(await total('active_subscriptions'), subscriptions + 1);
  assert.ok((await total('received.bytes')) >= received + 2000);
  sub.unsubscribe();
  assert.equal(await total('active_subscriptions'), subscriptions);
});
