import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterSnapshot, ServerView } from '@hopline/model/api';
import { type NatsCluster, startCluster, startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { recordingProxy } from '../recording-proxy.fixture.ts';
import { startWatching, type Watched } from '../watched.fixture.ts';

const SYSTEM = { user: 'sys', password: 'sys' };
const OFTEN = { urls: [] as string[], intervalMs: 200, timeoutMs: 5_000 };
const QUICK = { limits: { maxBackoffMs: 100 } };
/** A leaf without JetStream has no `/raftz`. */
const PARTS =
  'varz jsz connz healthz routez gatewayz leafz subsz accstatz accountz ipqueuesz'.split(' ');

/** One stream of three replicas with a backlog of two for its reader. */
async function withBacklog(cluster: NatsCluster): Promise<void> {
  await using nats = await connect({ servers: [...cluster.urls] });
  const manager = await jetstreamManager(nats);
  await manager.streams.add({ name: 'R', subjects: ['R.>'], num_replicas: 3 });
  await manager.consumers.add('R', { durable_name: 'reader', ack_policy: 'explicit' });
  for (const msgID of ['1', '2']) {
    await waitFor(() => jetstream(nats).publish('R.x', 'x', { msgID }), { message: 'an ack' });
  }
}

const readerOf = ({ consumers }: ClusterSnapshot) =>
  consumers.find(({ stream, consumer }) => stream === 'R' && consumer === 'reader');

const isWhole = (server: ServerView): boolean =>
  server.state === 'up' &&
  PARTS.every((part) => server.endpoints.some((one) => one.endpoint === part));

const whole = (seen: Watched, count: number, source: ServerView['source']) =>
  waitFor(
    () => {
      const snapshot = seen.watch.cluster();
      const servers = snapshot.servers.filter((server) => server.source === source);
      const isAll = servers.length === count && servers.every(isWhole);
      return isAll && readerOf(snapshot)?.backlog === 2;
    },
    {
      message: `${count} by ${source}: ${JSON.stringify(seen.watch.cluster().servers)}`,
      timeoutMs: 60_000,
    },
  );

test('the system account alone tells all that monitoring URLs tell', async () => {
  await using cluster = await startCluster({ nodes: 3, leaf: true });
  await withBacklog(cluster);
  await using heard = startWatching({
    system: { servers: [...cluster.urls], ...SYSTEM },
    monitor: OFTEN,
    ...QUICK,
  });
  await using asked = startWatching({ monitor: { ...OFTEN, urls: [...cluster.monitorUrls] } });
  await whole(heard, 3, 'system account');
  await whole(asked, cluster.monitorUrls.length, 'monitoring URL');

  const [one, other] = [heard.watch.cluster(), asked.watch.cluster()];
  for (const view of one.servers.filter(({ source }) => source === 'system account')) {
    const same = other.servers.find(({ name }) => name === view.name);
    assert.ok(same, view.name);
    const traits = ({
      id,
      version,
      cluster: of,
      health,
      jetstream: js,
      links,
      endpoints,
    }: ServerView) => ({
      id,
      version,
      of,
      health,
      streams: js?.streams,
      links: links.map(({ kind, remote }) => `${kind} ${remote}`).toSorted(),
      failed: endpoints.filter(({ up }) => !up),
      endpoints: endpoints.map(({ endpoint }) => endpoint).toSorted(),
    });
    assert.deepEqual(traits(view), traits(same));
    assert.ok(view.figures!.memoryBytes > 0);
    const accounts = (from: ServerView) => from.accounts.map(({ account }) => account).toSorted();
    assert.deepEqual(accounts(view), accounts(same));
    assert.ok(view.raft.length > 0);
    assert.ok(view.matching!.matches > 0);
    const systems = (from: ServerView) =>
      from.accounts.filter(({ limits }) => limits?.isSystem).map(({ account }) => account);
    assert.deepEqual([systems(view), systems(same)], [['SYS'], ['SYS']]);
  }
  const [here, there] = [readerOf(one), readerOf(other)];
  assert.equal(here?.leader, there?.leader);
  assert.equal(here?.deliveryLag.seconds === null, there?.deliveryLag.seconds === null);
  assert.ok(one.connections.some(({ name }) => name === 'hopline-monitor-system'));
});

test('a server with a URL is asked once; one that is gone says nothing old', async () => {
  await using cluster = await startCluster({ nodes: 3 });
  await withBacklog(cluster);
  const [first, second] = cluster.servers;
  assert.ok(first && second);
  await using seen = startWatching({
    system: { servers: [...cluster.urls], ...SYSTEM },
    monitor: { ...OFTEN, urls: [first.monitorUrl] },
    ...QUICK,
  });
  await whole(seen, 2, 'system account');
  const named = seen.watch.cluster().servers.filter(({ name }) => name === first.name);
  assert.deepEqual(
    named.map(({ source }) => source),
    ['monitoring URL'],
  );
  await second.kill();
  const dead = () => seen.watch.cluster().servers.find(({ name }) => name === second.name);
  await waitFor(() => dead()?.state !== 'up', { message: 'the death', timeoutMs: 30_000 });
  assert.equal(dead()?.figures, null);
  assert.match(dead()!.stateReason, /no server answers to this id|no answer/);
});

test('a monitoring port that is away: said so, and its server goes on over the system account', async () => {
  await using cluster = await startCluster({ nodes: 3 });
  await withBacklog(cluster);
  const [first] = cluster.servers;
  assert.ok(first);
  const monitorPort = Number(new URL(first.monitorUrl).port);
  let proxy = await recordingProxy(monitorPort);
  const { port } = proxy;
  const url = `http://127.0.0.1:${port}`;
  await using seen = startWatching({
    system: { servers: [...cluster.urls], ...SYSTEM },
    monitor: { ...OFTEN, urls: [url] },
    ...QUICK,
  });
  await whole(seen, 1, 'monitoring URL');
  const views = () => seen.watch.cluster().servers.filter(({ name }) => name === first.name);
  const before = views()[0]!;

  await proxy[Symbol.asyncDispose]();
  await waitFor(() => views()[0]?.state === 'monitoring lost', {
    message: 'the loss',
    timeoutMs: 30_000,
  });
  const [lost, ...more] = views();
  assert.deepEqual(more, []);
  assert.match(lost!.stateReason, /ECONNREFUSED.*asked over the system account/);
  assert.deepEqual([lost!.id, lost!.url, lost!.source], [before.id, before.url, 'system account']);
  assert.ok(lost!.figures!.memoryBytes > 0);
  assert.ok(BigInt(lost!.lastSuccess!) > BigInt(before.lastSuccess!));
  assert.ok(PARTS.every((part) => lost!.endpoints.some((one) => one.up && one.endpoint === part)));
  assert.equal(readerOf(seen.watch.cluster())?.backlog, 2);
  const [status] = seen.watch.status().monitor;
  assert.equal(status?.up, false);
  assert.match(status!.error, /asked over the system account/);
  const metrics = seen.watch.metricsText();
  const names = `server="${first.name}",cluster="hub"`;
  assert.match(metrics, new RegExp(`_server_state\\{${names},state="monitoring lost"\\} 1`));
  assert.match(metrics, new RegExp(`hopline_nats_server_up\\{${names}\\} 1`));

  proxy = await recordingProxy(monitorPort, port);
  await using _ = proxy;
  await whole(seen, 1, 'monitoring URL');
  assert.equal(views().length, 1);
});

test('who may only listen hears, and reads why that is all', async () => {
  const permissions = `{ publish: ["$SYS.REQ.SERVER.PING"], subscribe: ["$SYS.>", "_INBOX.>"] }`;
  await using server = await startNats({
    operatorConfig: `accounts {
      SYS { users: [{ user: sys, password: sys, permissions: ${permissions} }] }
      APP { jetstream: enabled, users: [{ user: app, password: app }] }
    }
    system_account: SYS`,
  });
  await using seen = startWatching({
    system: { servers: [server.url], ...SYSTEM },
    monitor: OFTEN,
    ...QUICK,
  });
  const view = () => seen.watch.cluster().servers.find(({ name }) => name === server.name);
  await waitFor(() => /heartbeats are all.*permission/i.test(view()?.stateReason ?? ''), {
    message: 'the refusal',
    timeoutMs: 30_000,
  });
  assert.equal(view()?.state, 'up');
  assert.ok(view()!.figures!.memoryBytes > 0);
  assert.equal(view()?.endpoints.find(({ endpoint }) => endpoint === 'varz')?.up, false);
});
