import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerView } from '@hopline/model/api';
import { startCluster, startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { recordingProxy } from '../recording-proxy.fixture.ts';
import { isRead } from '../transport/read-requests.ts';
import { startWatching, type Watched } from '../watched.fixture.ts';

const SYSTEM = { user: 'sys', password: 'sys' };
const QUICK = { limits: { maxBackoffMs: 100 } };

const serverOf = ({ watch }: Watched, name: string): ServerView | undefined =>
  watch.cluster().servers.find((server) => server.name === name);

const isIn = (seen: Watched, name: string, state: ServerView['state']) =>
  waitFor(() => serverOf(seen, name)?.state === state, {
    message: `${name} ${state}: ${JSON.stringify(serverOf(seen, name))}`,
    timeoutMs: 30_000,
  });

test('servers are found without being counted; their ends are told apart', async () => {
  await using cluster = await startCluster({ nodes: 3 });
  const [first, second, third] = cluster.servers;
  assert.ok(first && second && third);
  await using seen = startWatching({
    system: { servers: [...cluster.urls], ...SYSTEM },
    // One has a URL; the others are heard only.
    monitor: { urls: [first.monitorUrl], intervalMs: 200, timeoutMs: 2_000 },
    ...QUICK,
  });
  for (const { name } of cluster.servers) await isIn(seen, name, 'up');
  const heard = serverOf(seen, second.name);
  assert.equal(heard?.source, 'system account');
  assert.equal(heard.cluster, 'hub');
  assert.match(heard.version, /^2\./);
  assert.ok(heard.figures!.memoryBytes > 0);
  assert.equal(serverOf(seen, first.name)?.source, 'monitoring URL');

  // A planned stop announces itself, a death does not.
  third.signal('SIGTERM');
  await isIn(seen, third.name, 'stopped');
  const stop = seen.events.find(({ kind }) => kind === 'shutdown');
  assert.equal(stop?.server, third.name);
  await first.kill();
  await waitFor(
    () => ['down', 'monitoring lost'].includes(serverOf(seen, first.name)?.state ?? ''),
    { message: 'the death' },
  );
  assert.equal(serverOf(seen, first.name)?.figures, null);
  assert.match(serverOf(seen, first.name)!.stateReason, /ECONNREFUSED/);
});

test('servers that others name and nobody hears are named', async () => {
  await using cluster = await startCluster({ nodes: 3 });
  const [first, second, third] = cluster.servers;
  assert.ok(first && second && third);
  await using seen = startWatching({
    monitor: { urls: [first.monitorUrl], intervalMs: 200, timeoutMs: 2_000 },
  });
  await isIn(seen, second.name, 'silent');
  await isIn(seen, third.name, 'silent');
  assert.match(serverOf(seen, second.name)!.stateReason, /no monitoring URL leads to it/);
});

test('who came, who went and why, who was refused; a slow consumer by name', async () => {
  await using server = await startNats({
    users: [{ user: 'app', password: 'app' }],
    extraConfig: 'max_payload: 40000\nmax_pending: 65536\nwrite_deadline: "500ms"',
  });
  await using seen = startWatching({
    system: { servers: [server.url], ...SYSTEM },
    monitor: { urls: [server.monitorUrl], intervalMs: 200, timeoutMs: 2_000 },
    ...QUICK,
  });
  await isIn(seen, 'nats', 'up');
  await waitFor(() => seen.watch.status().system.state === 'connected', { message: 'listening' });
  const client = await connect({ servers: server.url, user: 'app', pass: 'app', name: 'billing' });
  await client.close();
  await assert.rejects(connect({ servers: server.url, user: 'app', pass: 'no', name: 'thief' }));
  const has = (kind: string, connection: string) =>
    seen.events.find((row) => row.kind === kind && row.connection === connection);
  await waitFor(() => has('disconnect', 'billing'), { message: 'the end of billing' });
  assert.equal(has('connect', 'billing')?.account, 'APP');
  assert.equal(has('disconnect', 'billing')?.reason, 'Client Closed');
  await waitFor(() => seen.events.some(({ kind }) => kind === 'auth error'), {
    message: 'the refusal',
  });
  assert.ok(!JSON.stringify(seen.events).includes('"no"'));

  await using flood = await connect({ servers: server.url, user: 'app', pass: 'app' });
  const { createConnection } = await import('node:net');
  const socket = createConnection(server.port, '127.0.0.1');
  socket.write('CONNECT {"user":"app","pass":"app","name":"sloth","verbose":false}\r\n');
  socket.write('SUB flood.> 1\r\nPING\r\n');
  socket.pause();
  socket.on('error', () => socket.destroy());
  const payload = new Uint8Array(32_768);
  await waitFor(
    async () => {
      for (let at = 0; at < 200; at++) flood.publish('flood.x', payload);
      await flood.flush();
      return seen.watch
        .cluster()
        .closed.some(({ name, reason }) => name === 'sloth' && reason.startsWith('Slow Consumer'));
    },
    { message: 'the slow consumer', timeoutMs: 30_000, intervalMs: 50 },
  );
  socket.destroy();
  const slow = seen.watch.cluster().closed.find(({ name }) => name === 'sloth');
  assert.deepEqual(slow?.subjects, ['flood.>']);
  assert.equal(slow.account, 'APP');
});

test('nothing that changes state is ever sent, over any connection', async () => {
  await using server = await startNats();
  await using client = await connect({ servers: server.url });
  await using application = await recordingProxy(server.port);
  await using system = await recordingProxy(server.port);
  await using monitoring = await recordingProxy(Number(new URL(server.monitorUrl).port));
  await using seen = startWatching({
    nats: { servers: [`127.0.0.1:${application.port}`] },
    system: { servers: [`127.0.0.1:${system.port}`], ...SYSTEM },
    monitor: {
      urls: [`http://127.0.0.1:${monitoring.port}`],
      intervalMs: 150,
      timeoutMs: 2_000,
    },
    ...QUICK,
  });
  const manager = await jetstreamManager(client);
  for (const allow_direct of [true, false]) {
    const name = `S_${allow_direct}`;
    await manager.streams.add({ name, subjects: [`${name}.>`], allow_direct });
    await manager.consumers.add(name, {
      durable_name: 'reader',
      ack_policy: 'explicit',
      filter_subject: `${name}.x`,
    });
    await jetstream(client).publish(`${name}.y`, 'x');
    await jetstream(client).publish(`${name}.x`, 'x');
    await jetstream(client).publish(`${name}.y`, 'x');
  }
  const state = async () => {
    const consumer = await manager.consumers.info('S_true', 'reader');
    const stream = await manager.streams.info('S_true');
    return [consumer.delivered, consumer.num_pending, stream.state.messages, stream.state.last_seq];
  };
  const before = await state();
  await waitFor(
    () => {
      const { consumers } = seen.watch.cluster();
      // One that has nothing to wait for yet is exact without a read.
      const isRead = consumers.filter(
        ({ backlog, deliveryLag }) => backlog > 0 && deliveryLag.method === 'exact',
      );
      return isRead.length === 2 && seen.watch.status().system.state === 'connected';
    },
    { message: 'lag that was read', timeoutMs: 30_000 },
  );
  await waitFor(() => published(system.sent()).length > 0, { message: 'a PING' });
  assert.deepEqual(await state(), before);
  await seen[Symbol.asyncDispose]();

  const all = [...published(application.sent()), ...published(system.sent())];
  assert.ok(all.some((subject) => subject.includes('DIRECT.GET')));
  assert.ok(all.some((subject) => subject.includes('STREAM.MSG.GET')));
  assert.deepEqual(
    all.filter((subject) => !isRead(subject)),
    [],
  );
  const requests = monitoring.sent().match(/^[A-Z]+ \S+ HTTP\/1\.1/gm) ?? [];
  assert.ok(requests.length > 10);
  assert.deepEqual(
    requests.filter((line) => !/^GET \/[a-z]+(\?|$| )/.test(line)),
    [],
  );
});

/** Subjects of everything that was published. */
const published = (sent: string): string[] =>
  [...sent.matchAll(/^H?PUB (\S+)/gm)].map((match) => match[1]!);

test('what acts is no read', () => {
  for (const acts of [
    '$SYS.REQ.SERVER.NABC.RELOAD',
    '$SYS.REQ.SERVER.NABC.KICK',
    '$SYS.REQ.SERVER.NABC.LDM',
    '$JS.API.STREAM.PURGE.ORDERS',
    '$JS.API.STREAM.MSG.DELETE.ORDERS',
    '$JS.API.CONSUMER.CREATE.ORDERS',
    '$JS.API.CONSUMER.LEADER.STEPDOWN.A.B',
    '$JS.ACK.ORDERS.payment.1.1.1.1.1',
    'orders.created',
  ]) {
    assert.equal(isRead(acts), false, acts);
  }
});
