import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { recordSent } from '../only-reads.fixture.ts';
import { startWatching, type Watched, watched } from '../watched.fixture.ts';

/** Neither a monitoring URL nor a user of the system account. */
const OWN = { urls: [] as string[], intervalMs: 150, timeoutMs: 5_000 };

async function withBacklog(nats: NatsConnection, replicas: number): Promise<void> {
  const manager = await jetstreamManager(nats);
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'], num_replicas: replicas });
  await manager.consumers.add('ORDERS', { durable_name: 'payment', ack_policy: 'explicit' });
  for (const msgID of ['1', '2']) {
    await waitFor(() => jetstream(nats).publish('orders.x', 'x', { msgID }), { message: 'an ack' });
  }
}

const payment = ({ watch }: Watched) =>
  watch.cluster().consumers.find(({ consumer }) => consumer === 'payment');

test('a tenant sees streams, consumers and lag of its own account', async () => {
  await using cluster = await startCluster({ nodes: 3 });
  await using nats = await connect({ servers: [...cluster.urls] });
  await withBacklog(nats, 3);
  await using seen = startWatching({ nats: { servers: [...cluster.urls] }, monitor: OWN });
  await waitFor(() => payment(seen)?.backlog === 2, { message: 'the backlog', timeoutMs: 30_000 });
  const info = await (await jetstreamManager(nats)).consumers.info('ORDERS', 'payment');
  const view = payment(seen)!;
  assert.equal(view.leader, info.cluster?.leader);
  assert.equal(view.account, 'APP');
  assert.equal(view.deliveryLag.method, 'exact');
  assert.ok(view.deliveryLag.seconds! > 0);
  const [stream] = seen.watch.cluster().streams;
  assert.deepEqual([stream?.stream, stream?.messages, stream?.cluster], ['ORDERS', 2, 'hub']);
  assert.equal(stream?.replicas.length, 2);
  // Marked as what it is: not a server's own words of itself.
  assert.deepEqual(seen.watch.cluster().servers, []);
  const [status] = seen.watch.status().monitor;
  assert.deepEqual([status?.url, status?.up, status?.error], ['$JS.API', true, '']);
});

test('more than a page of streams and of consumers', async () => {
  await using server = await startNats();
  await using nats = await connect({ servers: server.url });
  const manager = await jetstreamManager(nats);
  const add = async (at: number) => {
    await manager.streams.add({ name: `S${at}`, subjects: [`s${at}`], storage: 'memory' });
    const durable_name = `C${at}`;
    await manager.consumers.add('S0', { durable_name, ack_policy: 'explicit', mem_storage: true });
  };
  await add(0);
  for (let at = 1; at < 280; at += 40) {
    await Promise.all(Array.from({ length: 40 }, (_, more) => add(at + more)));
  }
  await using seen = startWatching({ nats: { servers: [server.url] }, monitor: OWN });
  await waitFor(
    () => {
      const { streams, consumers } = seen.watch.cluster();
      return streams.length === 281 && consumers.length === 281;
    },
    { message: 'all of them', timeoutMs: 30_000 },
  );
});

test('who may not ask is not asked for ever, and has no fault', async () => {
  const permissions = '{ publish: { deny: ">" }, subscribe: [">"] }';
  await using server = await startNats({
    users: [{ user: 'listener', password: 'x', permissions }],
  });
  const sent = recordSent();
  const nats = { servers: [server.url], user: 'listener', password: 'x' };
  await using seen = await watched({ nats, monitor: OWN });
  const questions = () => sent.asked.filter((subject) => subject === '$JS.API.INFO').length;
  await waitFor(() => questions() > 0, { message: 'the question' });
  // Time for three sweeps more.
  await new Promise((resolve) => setTimeout(resolve, 500));
  sent.stop();
  assert.equal(questions(), 1);
  assert.deepEqual(seen.watch.status().monitor, []);
  assert.equal(seen.watch.status().nats.error, '');
  // Nothing is listed, and that is not the same as that there is nothing.
  const [refused] = seen.watch
    .cluster()
    .unknown.filter(({ part }) => part === 'streams and consumers');
  assert.match(refused?.reason ?? '', /[Pp]ermission.*\$JS\.API\.INFO/);
});
