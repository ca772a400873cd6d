import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ATTR } from '@hopline/model';
import { CONTRACT } from '@hopline/model/api';
import { startCluster, tempDir, waitFor } from '@hopline/testkit';
import { type ConsumerInfo, type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type RunningServer, startServer } from '../main.ts';
import { request, span, text } from '../otlp/requests.fixture.ts';
import { settings } from './servers.fixture.ts';

test('the only URL leads to a server that leads a consumer and not its stream: its spans tell the lag', {
  timeout: 120_000,
}, async () => {
  await using dataDir = await tempDir('observed-lag');
  await using cluster = await startCluster();
  await using client = await connect({ servers: [...cluster.urls] });
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'], num_replicas: 3 });
  await manager.consumers.add('ORDERS', { durable_name: 'payment', ack_policy: 'explicit' });
  let published = 0;
  const publish = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at++) {
      // Interest in a new stream takes a moment to reach the other servers.
      const msgID = `${published++}`;
      await waitFor(() => jetstream(client).publish('orders.created', 'x', { msgID }), {
        message: 'an ack',
      });
    }
  };
  await publish(5);
  const leader = await leaderApart(client);
  // Five are delivered, three of them acked; five more wait.
  const payment = await jetstream(client).consumers.get('ORDERS', 'payment');
  const taken: JsMsg[] = [];
  for await (const message of await payment.fetch({ max_messages: 5, expires: 20_000 })) {
    taken.push(message);
    if (message.seq <= 3) assert.ok(await message.ackAck());
  }
  assert.deepEqual(
    taken.map(({ seq }) => seq),
    [1, 2, 3, 4, 5],
  );
  await publish(5);

  const { monitorUrl } = cluster.servers.find(({ name }) => name === leader)!;
  await using server = await startServer(
    settings(dataDir.path, {
      logLevel: 'silent',
      monitor: { urls: [monitorUrl], intervalMs: 200 },
    }),
  );
  const first = await waitFor(() => paymentAt(server), { message: 'it', timeoutMs: 60_000 });
  assert.deepEqual([first.backlog, first.inFlight], [5, 2]);
  assert.deepEqual(first.deliveryLag, { seconds: null, method: 'unknown' });
  assert.deepEqual(first.completionLag, { seconds: null, method: 'unknown' });

  const response = await fetch(`${server.otlpHttpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-protobuf' },
    body: request('traces', taken.map(processSpan)),
  });
  assert.equal(response.status, 200);
  const seen = await waitFor(
    async () => {
      const one = await paymentAt(server);
      return one?.completionLag.method === 'observed' ? one : null;
    },
    { message: 'a lag from spans', timeoutMs: 60_000 },
  );
  const timeMs = Number(BigInt(seen.time) / 1000n) / 1000;
  const waitedSince = (message: JsMsg): number => (timeMs - storedMs(message)) / 1000;
  // The first that is not acked was delivered: its span tells its very time.
  assert.ok(Math.abs(seen.completionLag.seconds! - waitedSince(taken[3]!)) < 0.001);
  // The first that was not delivered came after the last that was.
  assert.equal(seen.deliveryLag.method, 'observed');
  assert.ok(Math.abs(seen.deliveryLag.seconds! - waitedSince(taken[4]!)) < 0.001);
  const metrics = await (await fetch(`${server.httpUrl}/metrics`)).text();
  assert.match(metrics, /^hopline_consumer_completion_lag_seconds\{.*method="observed".*\} \d/m);
});

/** Moves the lead of the consumer until it is not the stream's; returns the server's name. */
async function leaderApart(client: NatsConnection): Promise<string> {
  const manager = await jetstreamManager(client);
  return await waitFor(
    async () => {
      const stream = (await manager.streams.info('ORDERS')).cluster?.leader;
      const info: ConsumerInfo = await manager.consumers.info('ORDERS', 'payment');
      const leader = info.cluster?.leader ?? '';
      if (stream && leader && leader !== stream) return leader;
      await client.request('$JS.API.CONSUMER.LEADER.STEPDOWN.ORDERS.payment');
      return null;
    },
    { message: 'two leaders', timeoutMs: 60_000, intervalMs: 500 },
  );
}

async function paymentAt(server: RunningServer) {
  const response = await fetch(`${server.httpUrl}/api/v1/consumers`);
  const { consumers } = CONTRACT.consumers.response.parse(await response.json());
  return consumers.find(({ consumer }) => consumer === 'payment');
}

const storedMs = ({ info }: JsMsg): number => Number(BigInt(info.timestampNanos) / 1000n) / 1000;

/** As the instrumentation of a consumer tells a delivery. */
const processSpan = (message: JsMsg) =>
  span({
    attributes: [
      text('messaging.system', 'nats'),
      text('messaging.operation.type', 'process'),
      text(ATTR.stream, message.info.stream),
      text(ATTR.consumer, message.info.consumer),
      text(ATTR.storeTime, String(message.info.timestampNanos)),
      { key: ATTR.streamSequence, value: { int_value: message.seq } },
    ],
  });
