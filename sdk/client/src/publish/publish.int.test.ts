import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/nats-core';
import { connect, exponentialFullJitter, fixed } from '../connect/index.ts';
import { BufferFull, createPublisher, type PublishOutcome } from './index.ts';

const QUICK = { name: 'test', backoff: fixed({ delayMs: 20, jitterMs: 5 }) };

test('an outage of one server: order kept, drops counted exactly, each told', async (t) => {
  await using nats = await startNats();
  await using connection = await connect({ ...QUICK, servers: nats.url });
  const jsm = await jetstreamManager(connection.nc);
  await jsm.streams.add({ name: 'ORDERS', subjects: ['orders.>'], num_replicas: 1 });

  for (const whenFull of ['drop-oldest', 'drop-newest', 'refuse'] as const) {
    await t.test(whenFull, async () => {
      await jsm.streams.purge('ORDERS');
      const told: string[] = [];
      const publisher = await createPublisher(connection, {
        jetstream: jetstream(connection.nc),
        maxMessages: 100,
        whenFull,
        onDrop: ({ messageId, reason }) => {
          told.push(`${messageId} ${reason}`);
          throw new Error('a callback that throws');
        },
      });
      assert.equal((await publisher.publish('orders.new', '0')).outcome, 'acknowledged');
      await nats.kill();
      await waitFor(() => connection.state === 'reconnecting', { message: 'the outage' });
      const outcomes: Promise<PublishOutcome>[] = [];
      let refused = 0;
      for (let n = 1; n <= 150; n++) {
        try {
          outcomes.push(publisher.publish('orders.new', String(n), { messageId: `m${n}` }));
        } catch (error) {
          assert.ok(error instanceof BufferFull);
          refused++;
        }
      }
      assert.equal(publisher.stats.buffered, 100);
      await nats.restart();
      assert.deepEqual(await publisher.flush(), { pending: 0 });
      const stored = (await contents(connection.nc, 'ORDERS')).map(Number);
      const first = whenFull === 'drop-oldest' ? 51 : 1;
      assert.deepEqual(stored, [0, ...Array.from({ length: 100 }, (_, index) => first + index)]);
      const { dropped } = publisher.stats;
      assert.equal(refused, whenFull === 'refuse' ? 50 : 0);
      assert.equal(dropped.oldest, whenFull === 'drop-oldest' ? 50 : 0);
      assert.equal(dropped.newest, whenFull === 'drop-newest' ? 50 : 0);
      assert.equal(told.length, 50 - refused);
      const settled = await Promise.all(outcomes);
      assert.equal(settled.filter((each) => each.outcome === 'acknowledged').length, 100);
      await publisher.close();
    });
  }

  await t.test('age, and closing with messages that were never sent', async () => {
    const publisher = await createPublisher(connection, {
      jetstream: jetstream(connection.nc),
      maxAgeMs: 300,
    });
    await nats.kill();
    await waitFor(() => connection.state === 'reconnecting', { message: 'the outage' });
    assert.deepEqual(await publisher.publish('orders.new', 'old'), {
      outcome: 'dropped',
      reason: 'age',
    });
    const last = publisher.publish('orders.new', 'last');
    await publisher.close({ deadlineMs: 20 });
    assert.deepEqual(await last, { outcome: 'dropped', reason: 'closed' });
    assert.deepEqual(publisher.stats.dropped, { oldest: 0, newest: 0, age: 1, closed: 1 });
    await nats.restart();
  });
});

test('refusals are told apart: for good at once, without a stream until one is there', async () => {
  await using nats = await startNats();
  await using connection = await connect({ ...QUICK, servers: nats.url });
  const jsm = await jetstreamManager(connection.nc);
  const js = jetstream(connection.nc);
  await using publisher = await createPublisher(connection, { jetstream: js });
  assert.throws(() => publisher.publish('a b'), TypeError);
  const waiting = publisher.publish('late.one', 'x');
  await waitFor(() => publisher.stats.resent > 0, { message: 'a second try' });
  await jsm.streams.add({ name: 'LATE', subjects: ['late.>'], max_msg_size: 100 });
  assert.equal((await waiting).outcome, 'acknowledged');
  const large = await publisher.publish('late.one', 'x'.repeat(200));
  assert.equal(large.outcome, 'refused');
  const given = headers();
  const sent = { messageId: 'same', headers: given };
  await publisher.publish('late.one', 'y', sent);
  const again = await publisher.publish('late.one', 'y', sent);
  assert.ok(again.outcome === 'acknowledged' && again.duplicate);
  assert.equal(given.has('Nats-Msg-Id'), false, "the caller's headers stay as they were");

  await using brief = await createPublisher(connection, { jetstream: js, duplicateWindowMs: 300 });
  const nowhere = await brief.publish('nobody.listens', 'x');
  assert.equal(nowhere.outcome, 'refused', 'no responders: certainly not stored');
  nats.signal('SIGSTOP');
  // The signal takes effect when it does: frozen is who does not answer.
  const answered = async () => await connection.nc.flush().then(() => true);
  const isFrozen = async () => !(await Promise.race([answered(), sleep(100, false)]));
  await waitFor(isFrozen, { message: 'a frozen server' });
  const silent = await createPublisher(connection, {
    jetstream: js,
    duplicateWindowMs: 300,
    ackTimeoutMs: 200,
  });
  const unanswered = await silent.publish('late.one', 'z');
  nats.signal('SIGCONT');
  assert.equal(unanswered.outcome, 'uncertain', 'sent, and nobody said anything');
  await silent.close();
});

test('core messages: sent again until the server has read them', async () => {
  await using nats = await startNats({ jetstream: false });
  await using connection = await connect({ ...QUICK, servers: nats.url });
  await using listener = await connect({ ...QUICK, servers: nats.url });
  const seen: number[] = [];
  listener.nc.subscribe('core', {
    callback: (_error, message) => void seen.push(Number(message.string())),
  });
  await listener.nc.flush();
  await using publisher = await createPublisher(connection);
  const outcomes: Promise<PublishOutcome>[] = [];
  const publish = (from: number) => {
    for (let n = from; n < from + 50; n++) outcomes.push(publisher.publish('core', String(n)));
  };
  publish(0);
  await Promise.all(outcomes);
  await nats.kill();
  publish(50);
  await waitFor(() => connection.state === 'reconnecting', { message: 'the outage' });
  await nats.restart();
  await waitFor(() => listener.state === 'connected', { message: 'the listener' });
  await publisher.flush();
  assert.ok((await Promise.all(outcomes)).every(({ outcome }) => outcome === 'acknowledged'));
  await listener.nc.flush();
  const all = Array.from({ length: 100 }, (_, n) => n);
  // The listener may be a moment later than the publisher: what came before it is not its own.
  const late = seen.slice(50);
  assert.deepEqual(seen.slice(0, 50), all.slice(0, 50));
  assert.deepEqual([...new Set(late)], all.slice(100 - new Set(late).size));
});

test('core messages: an outage keeps the order, drops exactly, and what is too large is refused', async () => {
  await using nats = await startNats({ jetstream: false });
  await using connection = await connect({ ...QUICK, servers: nats.url });
  const told: string[] = [];
  await using publisher = await createPublisher(connection, {
    maxMessages: 20,
    whenFull: 'drop-oldest',
    onDrop: ({ subject, reason }) => told.push(`${subject} ${reason}`),
  });
  // Published in one go: one answer for all of them.
  const [first, second] = [publisher.publish('core.a'), publisher.publish('core.b', 'x')];
  assert.equal(first, second);
  assert.deepEqual(await first, { outcome: 'acknowledged', duplicate: false });
  const large = new Uint8Array(2 * 1024 * 1024);
  const outcome = await publisher.publish('core.large', large);
  assert.equal(outcome.outcome, 'refused');
  await nats.kill();
  await waitFor(() => connection.state === 'reconnecting', { message: 'the outage' });
  const outcomes = Array.from({ length: 50 }, (_, n) => publisher.publish(`core.${n}`, String(n)));
  assert.equal(publisher.stats.buffered, 20);
  await nats.restart();
  const settled = await Promise.all(outcomes);
  assert.deepEqual(
    settled.map((each) => each.outcome),
    Array.from({ length: 50 }, (_, n) => (n < 30 ? 'dropped' : 'acknowledged')),
  );
  assert.deepEqual(
    told,
    Array.from({ length: 30 }, (_, n) => `core.${n} oldest`),
  );
  const { acknowledged, refused, dropped, buffered } = publisher.stats;
  assert.deepEqual([acknowledged, refused, dropped.oldest, buffered], [22, 1, 30, 0]);
  // More than may be unconfirmed at once, without a pause: the caller hears of the rest.
  const burst = Array.from({ length: 30 }, () => publisher.publish('core.burst'));
  const results = (await Promise.all(burst)).map((each) => each.outcome);
  assert.deepEqual(results, [...Array(20).fill('acknowledged'), ...Array(10).fill('dropped')]);
});

test('three nodes: no acknowledged message lost, none twice, order kept, through every failure', async (t) => {
  await using cluster = await startCluster();
  await using connection = await connect({
    ...QUICK,
    servers: cluster.urls,
    backoff: exponentialFullJitter({ baseMs: 50, capMs: 500 }),
  });
  const jsm = await jetstreamManager(connection.nc);
  await jsm.streams.add({ name: 'ORDERS', subjects: ['orders.>'], num_replicas: 3 });
  await using publisher = await createPublisher(connection, {
    jetstream: jetstream(connection.nc),
    ackTimeoutMs: 1_000,
  });
  const outcomes: Promise<PublishOutcome>[] = [];
  const stop = new AbortController();
  const publishing = (async () => {
    for (let n = 0; !stop.signal.aborted; n++) {
      outcomes.push(publisher.publish('orders.new', String(n)));
      if (n % 5 === 0) await sleep(20);
    }
  })();
  const acknowledged = async (more: number) => {
    const goal = publisher.stats.acknowledged + more;
    await waitFor(() => publisher.stats.acknowledged >= goal, {
      message: `${more} more acknowledged`,
      timeoutMs: 20_000,
    });
  };
  await acknowledged(50);
  for (const server of cluster.servers) {
    await server.kill('SIGTERM');
    await server.restart();
    await cluster.settled();
    await acknowledged(50);
  }
  const info = await jsm.streams.info('ORDERS');
  const leader = cluster.servers.find((server) => server.name === info.cluster?.leader)!;
  await leader.kill();
  await acknowledged(50);
  await leader.restart();
  await cluster.settled();
  await Promise.all(cluster.servers.map((server) => server.kill()));
  await sleep(2_000);
  await Promise.all(cluster.servers.map((server) => server.restart()));
  await cluster.settled();
  await acknowledged(50);
  stop.abort();
  await publishing;
  assert.deepEqual(await publisher.flush({ deadlineMs: 20_000 }), { pending: 0 });

  const results = await Promise.all(outcomes);
  assert.deepEqual(
    results.filter(({ outcome }) => outcome !== 'acknowledged'),
    [],
  );
  const stored = await contents(connection.nc, 'ORDERS');
  assert.deepEqual(
    stored,
    results.map((_result, n) => String(n)),
  );
  const { acknowledged: total, duplicates, resent } = publisher.stats;
  t.diagnostic(`${total} acknowledged, ${resent} sent again, ${duplicates} of them known already`);
});

async function contents(nc: NatsConnection, stream: string): Promise<string[]> {
  const js = jetstream(nc);
  const consumer = await js.consumers.get(stream);
  const { state } = await (await js.streams.get(stream)).info();
  const found: string[] = [];
  if (state.messages === 0) return found;
  for await (const message of await consumer.consume()) {
    found.push(message.string());
    if (message.info.pending === 0) break;
  }
  return found;
}
