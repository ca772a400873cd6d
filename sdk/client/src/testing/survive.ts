import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { fullJitterCeilingMs } from '../connect/backoff.ts';
import { connect, exponentialFullJitter } from '../connect/index.ts';
import { consume, kvSeenIds } from '../consume/index.ts';
import { createPublisher, type PublishOutcome } from '../publish/index.ts';
import { Recorder } from './recorder.ts';
import { startSilentProxy } from './silent-proxy.ts';

const BACKOFF = { baseMs: 50, capMs: 400 };
const USERS = [
  { user: 'old', password: 'one' },
  { user: 'new', password: 'two' },
];

export interface Ordeal {
  /** How long all servers are down at once. */
  allDownMs: number;
  /** Also what takes longest: a deleted consumer, its leader frozen, and a rolling restart. */
  isLong: boolean;
}

/**
 * A publisher and a consumer of one client on three servers, through every failure while messages flow. Afterwards
 * each message was acknowledged, is stored once and in order, and had its effect once.
 */
export async function survive(t: TestContext, { allDownMs, isLong }: Ordeal): Promise<void> {
  await using cluster = await startCluster({
    users: USERS,
    extraConfig: 'lame_duck_grace_period: 1s\nlame_duck_duration: 30s',
  });
  await using proxies = new AsyncDisposableStack();
  const doors = await Promise.all(
    cluster.servers.map(async ({ port }) => proxies.use(await startSilentProxy(port))),
  );
  const recorder = new Recorder();
  let [credentials] = USERS as [{ user: string; password: string }];
  await using connection = await connect({
    name: 'survivor',
    servers: doors.map(({ port }) => `127.0.0.1:${port}`),
    credentials: () => credentials,
    backoff: exponentialFullJitter(BACKOFF),
    heartbeat: { intervalMs: 500, maxUnanswered: 1 },
    dialTimeoutMs: 1_000,
    stableMs: 200,
    onEvent: recorder.listen,
    // The proxies are the only way to the servers.
    nats: { ignoreClusterUpdates: true },
  });
  const here = () =>
    doors.findIndex(({ port }) => connection.nc.getServer() === `127.0.0.1:${port}`);
  const jsm = await jetstreamManager(connection.nc);
  await jsm.streams.add({ name: 'ORDERS', subjects: ['orders.>'], num_replicas: 3 });
  const bucket = await new Kvm(jetstream(connection.nc)).create('seen', { replicas: 3 });
  await using publisher = await createPublisher(connection, {
    jetstream: jetstream(connection.nc),
    ackTimeoutMs: 1_000,
  });
  const effects: string[] = [];
  let failures = 0;
  await using consumer = consume(connection, {
    jetstream: jetstream(connection.nc),
    stream: 'ORDERS',
    consumer: 'billing',
    config: { ack_wait: 3_000e6, num_replicas: 3 },
    backoff: exponentialFullJitter({ baseMs: 50, capMs: 200 }),
    maxAttempts: 1_000,
    fetchMs: 1_000,
    seen: kvSeenIds(bucket),
    handler: (message, { attempt }) => {
      if (attempt === 1 && message.seq % 50 === 0) {
        failures++;
        throw new Error('comes again');
      }
      effects.push(message.string());
    },
  });
  const outcomes: Promise<PublishOutcome>[] = [];
  const stop = new AbortController();
  const publishing = (async () => {
    while (!stop.signal.aborted) {
      const n = String(outcomes.length);
      outcomes.push(publisher.publish('orders.new', n, { messageId: `m${n}` }));
      await sleep(20);
    }
  })();
  const flows = async () => {
    const goal = publisher.stats.acknowledged + 20;
    const handled = consumer.stats.handled + 20;
    await waitFor(() => publisher.stats.acknowledged >= goal && consumer.stats.handled >= handled, {
      message: '20 more acknowledged and handled',
      timeoutMs: 60_000,
    });
  };
  await flows();

  await t.test('credentials rotated', async () => {
    credentials = USERS[1] as typeof credentials;
    await connection.reauthenticate();
    await flows();
    const info = await connection.nc.request('$SYS.REQ.USER.INFO', '', { timeout: 10_000 });
    assert.equal(info.json<{ data: { user: string } }>().data.user, 'new');
  });

  await t.test(
    'a partition: the server does not answer, and nobody closes the connection',
    async () => {
      const cut = here();
      const door = doors[cut] as (typeof doors)[number];
      door.silent = true;
      await waitFor(() => connection.state === 'connected' && here() !== cut, {
        message: 'another server',
      });
      await flows();
      door.silent = false;
    },
  );

  await t.test('lame duck', async () => {
    const duck = cluster.servers[here()] as (typeof cluster.servers)[number];
    const before = here();
    duck.signal('SIGUSR2');
    await waitFor(() => recorder.states.includes('lame duck') && here() !== before, {
      message: 'moved',
    });
    await flows();
    await duck.kill();
    await duck.restart();
    await cluster.settled();
  });

  await t.test('the leader of the stream is killed', async () => {
    const { cluster: group } = await jsm.streams.info('ORDERS');
    const leader = cluster.servers.find(({ name }) => name === group?.leader);
    assert.ok(leader);
    await leader.kill();
    await flows();
    await leader.restart();
    await cluster.settled();
  });

  if (isLong) {
    await t.test('the consumer is deleted', async () => {
      const { restarts } = consumer.stats;
      await jsm.consumers.delete('ORDERS', 'billing');
      await waitFor(() => consumer.stats.restarts > restarts, {
        message: 'made again',
        timeoutMs: 30_000,
      });
      await flows();
    });

    await t.test(
      'the leader of the consumer is frozen: it is there, and says nothing',
      async () => {
        const { cluster: group } = await jsm.consumers.info('ORDERS', 'billing');
        const leader = cluster.servers.find(({ name }) => name === group?.leader);
        assert.ok(leader);
        leader.signal('SIGSTOP');
        try {
          await flows();
        } finally {
          leader.signal('SIGCONT');
        }
        await cluster.settled();
      },
    );

    await t.test('a rolling restart', async () => {
      for (const server of cluster.servers) {
        await server.kill('SIGTERM');
        await server.restart();
        await cluster.settled();
        await flows();
      }
    });
  }

  await t.test('all servers are down', async () => {
    recorder.events.length = 0;
    await Promise.all(cluster.servers.map((server) => server.kill()));
    await sleep(allDownMs);
    await Promise.all(cluster.servers.map((server) => server.restart()));
    await flows();
    const dials = recorder.of('attempt').map(({ attempt }) => attempt);
    const tries = new Map<string, number>();
    for (const dial of dials) {
      const round = tries.get(dial.server) ?? 0;
      tries.set(dial.server, round + 1);
      // Whatever held for less than `stableMs` goes on counting: the cap is the safe bound then.
      const ceilingMs = dials.length > 3 ? BACKOFF.capMs : fullJitterCeilingMs({ round }, BACKOFF);
      assert.ok(dial.delayMs >= 0 && dial.delayMs <= ceilingMs, JSON.stringify(dial));
    }
    assert.ok(dials.length >= 3, `${dials.length} dials`);
  });

  stop.abort();
  await publishing;
  assert.deepEqual(await publisher.flush({ deadlineMs: 180_000 }), { pending: 0 });
  const results = await Promise.all(outcomes);
  const lost = results.filter(({ outcome }) => outcome !== 'acknowledged');
  assert.deepEqual(lost, []);
  const { state } = await jsm.streams.info('ORDERS');
  assert.equal(state.messages, results.length, 'each is stored once');
  await waitFor(() => new Set(effects).size === results.length, {
    message: 'all handled',
    timeoutMs: 60_000,
  });
  const stored: string[] = [];
  const reader = await jetstream(connection.nc).consumers.get('ORDERS');
  for await (const message of await reader.consume()) {
    stored.push(message.string());
    if (message.info.pending === 0) break;
  }
  assert.deepEqual(
    stored,
    results.map((_result, n) => String(n)),
  );
  assert.ok(failures > 0);
  assert.equal(effects.length, results.length, 'no effect happened twice');
  const { duplicate, restarts } = consumer.stats;
  t.diagnostic(
    `${results.length} published, ${publisher.stats.resent} sent again; ${duplicate} repetitions ` +
      `kept out, ${restarts} restarts of the consumer`,
  );
}
