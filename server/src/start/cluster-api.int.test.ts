import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTRACT, type EndpointName, type ResponseOf } from '@hopline/model/api';
import { startNats, tempDir, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { startServer } from '../main.ts';
import { allStored, settings } from './servers.fixture.ts';

/** As the contract says it, or the test fails. */
async function ask<Name extends EndpointName>(
  base: string,
  name: Name,
  path: string,
): Promise<ResponseOf<Name>> {
  const response = await fetch(`${base}${path}`);
  const body: unknown = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  return CONTRACT[name].response.parse(body) as ResponseOf<Name>;
}

test('a NATS server in the API: itself, streams, consumers and their history, connections', async () => {
  await using folder = await tempDir('cluster-api');
  await using nats = await startNats();
  await using client = await connect({ servers: nats.url, name: 'payment service' });
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  await manager.consumers.add('ORDERS', { durable_name: 'payment', ack_policy: 'explicit' });
  for (const id of ['1', '2', '3']) await jetstream(client).publish(`orders.${id}`, id);
  await using server = await startServer(
    settings(folder.path, {
      logLevel: 'silent',
      nats: { servers: [nats.url] },
      monitor: { urls: [nats.monitorUrl], intervalMs: 200 },
    }),
  );
  const base = server.httpUrl;
  await waitFor(async () => (await ask(base, 'consumers', '/api/v1/consumers')).total === 1, {
    message: 'the consumer',
    timeoutMs: 30_000,
  });

  const { servers } = await ask(base, 'servers', '/api/v1/servers');
  assert.deepEqual(
    servers.map(({ name, state, health }) => ({ name, state, health })),
    [{ name: 'nats', state: 'up', health: 'ok' }],
  );
  assert.ok(servers[0]!.figures!.connections >= 1);
  assert.ok(servers[0]!.endpoints.every(({ up }) => up));

  const { streams } = await ask(base, 'streams', '/api/v1/streams?stream=ORDERS');
  assert.deepEqual(
    streams.map(({ messages, subjects, leader }) => ({ messages, subjects, leader })),
    [{ messages: 3, subjects: ['orders.>'], leader: 'nats' }],
  );
  const { consumers } = await ask(base, 'consumers', '/api/v1/consumers?sort=backlog');
  assert.equal(consumers[0]?.backlog, 3);
  assert.equal(consumers[0]?.deliveryLag.method, 'exact');
  assert.ok(consumers[0].deliveryLag.seconds! > 0);
  const none = await ask(base, 'consumers', '/api/v1/consumers?verdict=rewound');
  assert.deepEqual(none.consumers, []);

  const open = await ask(base, 'connections', '/api/v1/connections?sort=in');
  assert.ok(open.connections.some(({ name }) => name === 'payment service'));

  await allStored(base);
  await waitFor(
    async () => {
      const path = '/api/v1/consumers/ORDERS/payment?points=10';
      const { consumer, points } = await ask(base, 'consumer', path);
      const last = points.at(-1);
      return consumer?.backlog === 3 && last?.backlog === 3 && last.deliveryLagSeconds! > 0;
    },
    { message: 'its history', timeoutMs: 30_000 },
  );

  const payment = await jetstream(client).consumers.get('ORDERS', 'payment');
  await waitFor(
    async () => {
      // Again until it is heard: Hopline may not have subscribed yet.
      (await payment.next({ expires: 1000 }))?.nak();
      const { events } = await ask(base, 'events', '/api/v1/events?stream=ORDERS&kind=nak');
      return events.some(
        ({ consumer, streamSequence, deliveries }) =>
          consumer === 'payment' && streamSequence === '1' && deliveries !== null,
      );
    },
    { message: 'the nak of the first message', timeoutMs: 60_000 },
  );
  const path = '/api/v1/events?stream=ORDERS&consumer=payment&kind=nak&steps=10&limit=1';
  const { events, timeline } = await ask(base, 'events', path);
  assert.equal(events.length, 1);
  const counted = timeline!.counts.reduce((sum, { count }) => sum + count, 0);
  const all = await ask(base, 'events', '/api/v1/events?stream=ORDERS&kind=nak&limit=1000');
  assert.ok(counted >= 1 && counted <= all.events.length, `${counted} of ${all.events.length}`);
  const other = await ask(base, 'events', path.replace('payment', 'another'));
  assert.deepEqual([other.events, other.timeline!.counts], [[], []]);
});
