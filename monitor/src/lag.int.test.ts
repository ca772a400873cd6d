import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerView } from '@hopline/model/api';
import { type NatsServer, startCluster, startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { startWatching, type Watched } from './watched.fixture.ts';

const WINDOW = { spanMs: 1_500, minSamples: 4 };

const watching = (urls: readonly string[], servers: readonly string[] = []): Watched =>
  startWatching({
    nats: { servers: [...servers] },
    monitor: { urls: [...urls], intervalMs: 150, timeoutMs: 5_000, window: WINDOW },
  });

const consumerOf = ({ watch }: Watched, name: string): ConsumerView | undefined =>
  watch.cluster().consumers.find(({ consumer }) => consumer === name);

/** Waits for a state of the consumer; says the last one when it never comes. */
async function until(
  seen: Watched,
  name: string,
  isThere: (view: ConsumerView) => boolean,
): Promise<ConsumerView> {
  let last: ConsumerView | undefined;
  await waitFor(
    () => {
      last = consumerOf(seen, name);
      return last !== undefined && isThere(last);
    },
    { message: `the state of ${name}`, timeoutMs: 30_000 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify(last)}`);
  });
  return last!;
}

async function addStream(client: NatsConnection, name: string, more: object = {}): Promise<void> {
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name, subjects: [`${name}.>`], ...more });
}

async function addConsumer(
  client: NatsConnection,
  stream: string,
  more: object = {},
): Promise<string> {
  const manager = await jetstreamManager(client);
  const durable_name = `of_${stream}`;
  await manager.consumers.add(stream, { durable_name, ack_policy: 'explicit', ...more });
  return durable_name;
}

/** Publishes and returns the time at which the server stored it, Unix ms. */
async function publish(client: NatsConnection, subject: string): Promise<number> {
  const { stream, seq } = await jetstream(client).publish(subject, 'x');
  const manager = await jetstreamManager(client);
  const stored = await manager.streams.getMessage(stream, { seq });
  return stored!.time.getTime();
}

const lagAt = (view: ConsumerView, storedMs: number): number =>
  Number(BigInt(view.time) / 1_000_000n) / 1000 - storedMs / 1000;

test('number, method and verdict on a real server', { timeout: 120_000 }, async (t) => {
  await using server: NatsServer = await startNats();
  await using client = await connect({ servers: server.url });
  await using seen = watching([server.monitorUrl], [server.url]);
  const manager = await jetstreamManager(client);

  await t.test('idle: 0, exactly, ok', async () => {
    await addStream(client, 'IDLE');
    const name = await addConsumer(client, 'IDLE');
    const view = await until(seen, name, ({ verdict }) => verdict !== 'warming up');
    assert.equal(view.verdict, 'ok');
    assert.deepEqual(view.deliveryLag, { seconds: 0, method: 'exact' });
    assert.deepEqual(view.completionLag, { seconds: 0, method: 'exact' });
    assert.equal(view.drainSeconds, 0);
  });

  await t.test('dead: nobody asks, the lag grows with the clock', async () => {
    await addStream(client, 'DEAD');
    const name = await addConsumer(client, 'DEAD');
    const storedMs = await publish(client, 'DEAD.x');
    await publish(client, 'DEAD.x');
    const view = await until(seen, name, ({ verdict }) => verdict === 'stopped');
    assert.match(view.verdictReason, /2 wait, .*no client asks/);
    assert.equal(view.deliveryLag.method, 'exact');
    const error = Math.abs(view.deliveryLag.seconds! - lagAt(view, storedMs));
    assert.ok(error < 0.1, `${error} s wrong`);
    assert.equal(view.drainSeconds, null);
  });

  for (const allow_direct of [true, false]) {
    const stream = `FILTERED_${allow_direct}`;
    await t.test(`filtered, direct get ${allow_direct}: the message that matches`, async () => {
      await addStream(client, stream, { allow_direct });
      const name = await addConsumer(client, stream, { filter_subject: `${stream}.rare` });
      for (let at = 0; at < 5; at++) await publish(client, `${stream}.common`);
      // What does not match is old by the time the one that does comes.
      await until(seen, name, ({ verdict }) => verdict === 'ok');
      const storedMs = await publish(client, `${stream}.rare`);
      await publish(client, `${stream}.common`);
      const view = await until(
        seen,
        name,
        ({ backlog, deliveryLag }) => backlog === 1 && deliveryLag.method === 'exact',
      );
      const error = Math.abs(view.deliveryLag.seconds! - lagAt(view, storedMs));
      assert.ok(error < 0.1, `${error} s wrong: ${JSON.stringify(view)}`);
    });
  }

  await t.test('reprocess from the start: as old as the oldest message', async () => {
    await addStream(client, 'AGAIN');
    const storedMs = await publish(client, 'AGAIN.x');
    // Far enough from the others for a wrong message to show.
    await sleep(500);
    for (let at = 0; at < 20; at++) await publish(client, 'AGAIN.x');
    const name = await addConsumer(client, 'AGAIN');
    const view = await until(seen, name, ({ backlog }) => backlog === 21);
    assert.equal(view.deliveryLag.method, 'exact');
    const error = Math.abs(view.deliveryLag.seconds! - lagAt(view, storedMs));
    assert.ok(error < 0.1, `${error} s wrong`);
  });

  await t.test('purged before delivery: rewound, and no lag is left', async () => {
    await addStream(client, 'PURGED');
    const name = await addConsumer(client, 'PURGED');
    for (let at = 0; at < 5; at++) await publish(client, 'PURGED.x');
    await until(seen, name, ({ verdict }) => verdict === 'stopped');
    await manager.streams.purge('PURGED');
    const view = await until(seen, name, ({ backlog }) => backlog === 0);
    assert.equal(view.verdict, 'rewound', JSON.stringify(view));
    assert.equal(view.deliveryLag.seconds, 0);
  });

  await t.test('expired before delivery: said, and no huge lag', async () => {
    await addStream(client, 'EXPIRED', { max_age: 1_500 * 1e6 });
    const name = await addConsumer(client, 'EXPIRED');
    for (let at = 0; at < 5; at++) await publish(client, 'EXPIRED.x');
    await until(seen, name, ({ backlog }) => backlog === 5);
    await until(seen, name, ({ backlog }) => backlog === 0);
    await publish(client, 'EXPIRED.x');
    const view = await until(seen, name, ({ verdict }) => verdict === 'expired data');
    assert.ok((view.deliveryLag.seconds ?? 0) < 20, JSON.stringify(view));
  });

  await t.test('out of attempts: given up, and not in flight again', async () => {
    await addStream(client, 'POISON');
    const name = await addConsumer(client, 'POISON', {
      max_deliver: 2,
      ack_wait: 60_000_000_000,
      metadata: { 'io.nats.monitor.redelivery-critical': '4' },
    });
    for (let at = 0; at < 3; at++) await publish(client, 'POISON.x');
    const consumer = await jetstream(client).consumers.get('POISON', name);
    const take = async () => (await consumer.next({ expires: 30_000 }))!;
    for (let at = 0; at < 6; at++) (await take()).nak();
    // The server gives up when somebody asks for the next.
    const next = take();
    await until(seen, name, ({ givenUp }) => givenUp === 3);
    for (let at = 0; at < 2; at++) await publish(client, 'POISON.x');
    const again = await next;
    await take();
    again.nak();
    assert.equal((await take()).info.deliveryCount, 2);
    // One of the two in flight is there again; the server still counts the three.
    assert.equal((await manager.consumers.info('POISON', name)).num_redelivered, 4);
    const view = await until(seen, name, ({ redelivered }) => redelivered === 1);
    assert.equal(view.givenUp, 3);
    // A user's threshold is one on the server's count.
    assert.deepEqual(view.breaches, [
      { key: 'io.nats.monitor.redelivery-critical', limit: 4, value: 4 },
    ]);
  });

  await t.test('in flight alone: delivered in time, not completed', async () => {
    await addStream(client, 'FLIGHT');
    const name = await addConsumer(client, 'FLIGHT', {
      metadata: { 'io.nats.monitor.outstanding-ack-critical': '1' },
    });
    const storedMs = await publish(client, 'FLIGHT.x');
    const consumer = await jetstream(client).consumers.get('FLIGHT', name);
    const message = await consumer.next();
    assert.ok(message);
    const view = await until(seen, name, ({ verdict }) => verdict === 'stalled');
    assert.deepEqual(view.deliveryLag, { seconds: 0, method: 'exact' });
    const error = Math.abs(view.completionLag.seconds! - lagAt(view, storedMs));
    assert.ok(error < 0.1, `${error} s wrong`);
    assert.deepEqual(view.breaches, [
      { key: 'io.nats.monitor.outstanding-ack-critical', limit: 1, value: 1 },
    ]);
    message.ack();
    await until(seen, name, ({ completionLag }) => completionLag.seconds === 0);
  });
});

test('without the permission to read, lag is interpolated and nothing is broken', async () => {
  const deny = '{ publish: { deny: ["$JS.API.STREAM.MSG.GET.>", "$JS.API.DIRECT.GET.>"] } }';
  await using server = await startNats({
    users: [
      { user: 'app', password: 'app' },
      { user: 'watcher', password: 'x', permissions: deny },
    ],
  });
  await using client = await connect({ servers: server.url, user: 'app', pass: 'app' });
  const watcher = server.url.replace('://', '://watcher:x@');
  await using seen = watching([server.monitorUrl], [watcher]);
  await addStream(client, 'F');
  const name = await addConsumer(client, 'F', { filter_subject: 'F.rare' });
  const commonMs = await publish(client, 'F.common');
  await until(seen, name, ({ verdict }) => verdict === 'ok');
  const storedMs = await publish(client, 'F.rare');
  await publish(client, 'F.common');
  const view = await until(seen, name, ({ backlog, verdict }) => backlog === 1 && verdict !== 'ok');
  assert.equal(view.deliveryLag.method, 'interpolated', JSON.stringify(view));
  // It came after the last sweep that saw nothing wait, which is one or two intervals before.
  const error = view.deliveryLag.seconds! - lagAt(view, storedMs);
  assert.ok(error > -0.5 && error < 5, `${error} s wrong`);
  // Nothing waited for the time of a window after the one that does not match.
  const tooOld = lagAt(view, commonMs) - WINDOW.spanMs / 2_000;
  assert.ok(view.deliveryLag.seconds! < tooOld, JSON.stringify(view));
  assert.equal(seen.watch.status().nats.state, 'connected');
});

test('a leader that steps down every 2 s under load: number, method and verdict', async () => {
  await using cluster = await startCluster({ nodes: 3 });
  await using client = await connect({ servers: [...cluster.urls] });
  await using seen = watching(cluster.monitorUrls, cluster.urls);
  await waitFor(() => addStream(client, 'MOVES', { num_replicas: 3 }).then(() => true), {
    message: 'the stream',
  });
  const name = await addConsumer(client, 'MOVES');
  const consumer = await jetstream(client).consumers.get('MOVES', name);
  const messages = await consumer.consume({ max_messages: 2 });
  // Slower than what comes: there is a lag to be right about.
  const working = (async () => {
    for await (const message of messages) {
      await sleep(100);
      message.ack();
    }
  })();
  const views = new Map<string, ConsumerView>();
  const started = performance.now();
  let steppedMs = 0;
  await waitFor(
    async () => {
      await jetstream(client)
        .publish('MOVES.x', 'x', { timeout: 1_000 })
        .catch(() => undefined);
      if (performance.now() - steppedMs > 2_000) {
        steppedMs = performance.now();
        const subject = `$JS.API.CONSUMER.LEADER.STEPDOWN.MOVES.${name}`;
        await client.request(subject, '', { timeout: 1_000 }).catch(() => null);
      }
      const all = seen.watch.cluster().consumers;
      assert.ok(all.length <= 1, JSON.stringify(all));
      for (const view of all) views.set(view.time, view);
      const leaders = new Set([...views.values()].map(({ leader }) => leader));
      const waiting = [...views.values()].filter(({ backlog }) => backlog > 0);
      return leaders.size >= 2 && waiting.length >= 10 && performance.now() - started > 6_000;
    },
    { message: 'leaders that change, and messages that wait', timeoutMs: 40_000, intervalMs: 20 },
  );
  await messages.close();
  await working;
  const storedMs = await storeTimes(client, 'MOVES');
  for (const view of views.values()) assertLagIsTrue(view, storedMs);
  const verdicts = new Set([...views.values()].map(({ verdict }) => verdict));
  for (const wrong of ['rewound', 'expired data', 'redelivery loop', 'starved'] as const) {
    assert.ok(!verdicts.has(wrong), [...verdicts].join());
  }
});

/** When the server stored each message of a stream, by its sequence, Unix ms. */
async function storeTimes(client: NatsConnection, stream: string): Promise<Map<number, number>> {
  const manager = await jetstreamManager(client);
  const { state } = await manager.streams.info(stream);
  const times = new Map<number, number>();
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await manager.streams.getMessage(stream, { seq });
    if (message) times.set(seq, message.time.getTime());
  }
  return times;
}

/** Between the clocks and replicas of three servers on a busy machine, in messages that are counted. */
const REPLICA_MS = 2_000;

function assertLagIsTrue(view: ConsumerView, storedMs: ReadonlyMap<number, number>): void {
  const words = JSON.stringify(view);
  const atMs = Number(BigInt(view.time) / 1_000_000n);
  const waiting = (untilMs: number): number =>
    [...storedMs].filter(([seq, ms]) => seq > view.deliveredStreamSeq && ms <= untilMs).length;
  assert.ok(view.backlog >= waiting(atMs - REPLICA_MS), `too few: ${words}`);
  assert.ok(view.backlog <= waiting(atMs + REPLICA_MS), `too many: ${words}`);
  const { seconds, method } = view.deliveryLag;
  if (view.backlog === 0) {
    assert.deepEqual([seconds, method], [0, 'exact'], words);
    return;
  }
  const next = storedMs.get(view.deliveredStreamSeq + 1);
  assert.ok(next !== undefined && seconds !== null, words);
  // What is interpolated is between two sweeps, which a busy machine may have far apart.
  const most = method === 'exact' ? 0.1 : 5;
  const error = Math.abs(seconds - Math.max(0, lagAt(view, next)));
  assert.ok(error < most, `${method}, ${error} s wrong: ${words}`);
  assert.notEqual(method, 'unknown', words);
}
