import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkMetrics, startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type Watched, watched } from '../watched.fixture.ts';

const SHOP = { user: 'shop', pass: 'shop' };
const accounts = (listens: string) => `
  SHOP {
    jetstream: enabled
    users: [
      { user: shop, password: shop }
      { user: hopline, password: hopline, permissions: { publish: { deny: ">" }, subscribe: { allow: [${listens}] } } }
    ]
    exports: [{ service: "prices", latency: { sampling: 100, subject: "latency.prices" } }]
  }
  WEB {
    users: [{ user: web, password: web }]
    imports: [{ service: { account: SHOP, subject: "prices" } }]
  }`;

const samplesOf = ({ watch }: Watched, start: string): string[] =>
  watch.metricsText().match(new RegExp(`^${start}.*$`, 'gm')) ?? [];

const startShop = (listens: string) => startNats({ accounts: accounts(listens) });

const watchShop = (url: string, latencySubjects: string[] = []): Promise<Watched> =>
  watched({ nats: { servers: [url], user: 'hopline', password: 'hopline' }, latencySubjects });

test('acks and service latency that the server measured are summed', async () => {
  await using server = await startShop(
    '"hopline.trace", "$JS.EVENT.ADVISORY.>", "$JS.EVENT.METRIC.CONSUMER.ACK.>", "latency.>"',
  );
  await using seen = await watchShop(server.url, ['latency.prices']);
  assert.equal(seen.watch.status().nats.error, '');
  await using shop = await connect({ servers: server.url, ...SHOP, name: 'pricing' });
  await using web = await connect({ servers: server.url, user: 'web', pass: 'web' });

  const manager = await jetstreamManager(shop);
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders'] });
  await manager.consumers.add('ORDERS', {
    durable_name: 'c',
    ack_policy: 'explicit',
    sample_freq: '100%',
  });
  for (let at = 0; at < 3; at++) await jetstream(shop).publish('orders', 'x');
  const consumer = await jetstream(shop).consumers.get('ORDERS', 'c');
  const messages = await consumer.fetch({ max_messages: 3, expires: 10_000 });
  for await (const message of messages) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await message.ackAck();
  }
  const ORDERS = '{domain="",stream="ORDERS",consumer="c"}';
  const acked = `hopline_consumer_sampled_ack_seconds_count${ORDERS} 3`;
  await waitFor(() => samplesOf(seen, 'hopline_consumer_sampled').includes(acked), {
    message: 'three acks',
  });
  const deliveries = `hopline_consumer_sampled_ack_deliveries_total${ORDERS} 3`;
  assert.deepEqual(samplesOf(seen, 'hopline_consumer_sampled_ack_deliveries_total'), [deliveries]);
  const [sum, ...others] = samplesOf(seen, 'hopline_consumer_sampled_ack_seconds_sum');
  assert.deepEqual(others, [], 'one consumer is one series');
  // Each waited 20 ms, in turn; a slow machine makes it more, seconds and not nanoseconds.
  const took = Number(sum!.split(' ').at(-1));
  assert.ok(took >= 0.05 && took < 60, sum);
  const buckets = samplesOf(seen, 'hopline_consumer_sampled_ack_seconds_bucket');
  assert.match(buckets[0]!, /consumer="c",le="0.005"\} 0$/);
  assert.match(buckets.at(-1)!, /consumer="c",le="\+Inf"\} 3$/);

  shop.subscribe('prices', {
    callback: (_error, message) => void setTimeout(() => message.respond('1'), 10),
  });
  await shop.flush();
  await web.request('prices', '', { timeout: 10_000 });
  await waitFor(() => samplesOf(seen, 'hopline_service_sampled_request_seconds_count').length > 0, {
    message: 'the latency of a request',
  });
  const [requests] = samplesOf(seen, 'hopline_service_sampled_request_seconds_count');
  assert.match(requests!, /subject="latency.prices",responder="pricing",status="200"\} 1$/);
  const total = Number(
    samplesOf(seen, 'hopline_service_sampled_request_seconds_sum')[0]!.split(' ').at(-1),
  );
  assert.ok(total >= 0.008 && total < 60, `${total}`);
  await checkMetrics(seen.watch.metricsText());
});

test('a user that may not hear them has no fault', async () => {
  await using server = await startShop('"hopline.trace", "$JS.EVENT.ADVISORY.>"');
  await using seen = await watchShop(server.url);
  assert.equal(seen.watch.status().nats.error, '');
});
