import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import {
  freePort,
  openBrowser,
  ProcessFailed,
  startCluster,
  startNats,
  startProcess,
  startPrometheus,
  TRACE_DEST,
  waitFor,
} from './index.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test('a single server traces messages, and keeps its port and its store over kill -9', async () => {
  await using server = await startNats({ name: 'solo' });
  const connection = await connect({ servers: server.url, reconnectTimeWait: 50 });
  const events: string[] = [];
  connection.subscribe(TRACE_DEST, {
    callback: (_error, event) => void events.push(event.string()),
  });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  const traced = headers();
  traced.set('traceparent', TRACEPARENT);
  await jetstream(connection).publish('orders.created', 'one', { headers: traced });
  const event = await waitFor(() => events[0], { message: 'a trace event' });
  assert.match(event, /"stream":"ORDERS"/);

  const firstPid = server.pid;
  assert.equal((await server.kill()).signal, 'SIGKILL');
  assert.equal(server.running, false);
  await server.restart();
  assert.notEqual(server.pid, firstPid);
  const info = await waitFor(() => manager.streams.info('ORDERS'), { message: 'the stream again' });
  assert.equal(info.state.messages, 1);
  await connection.close();
});

test('a cluster is ready when it resolves: replicated streams, also from the leaf', async () => {
  await using cluster = await startCluster({ leaf: true });
  assert.deepEqual(
    cluster.servers.map((server) => server.name),
    ['hub-1', 'hub-2', 'hub-3'],
  );
  assert.equal(cluster.monitorUrls.length, 4);
  const edge = await connect({ servers: cluster.leaf.url });
  const manager = await jetstreamManager(edge, { domain: 'hub' });
  const stream = await manager.streams.add({ name: 'S', subjects: ['s.>'], num_replicas: 3 });
  assert.equal(stream.cluster?.replicas?.length, 2);

  // The edge is one step from the hub: the hub's clients hear what is published there.
  const hub = await connect({ servers: [...cluster.urls] });
  const heard: string[] = [];
  hub.subscribe('s.a', { callback: (_error, message) => void heard.push(message.string()) });
  await hub.flush();
  // The subscription is known on its own server only by now: the others, and the leaf, hear of it later.
  const publisher = jetstream(edge, { domain: 'hub' });
  let published = 0;
  await waitFor(
    async () => {
      const ack = await publisher.publish('s.a', 'from the edge');
      published += 1;
      assert.equal(ack.seq, published);
      return heard.length > 0;
    },
    { message: 'the message on the hub' },
  );
  assert.equal(heard[0], 'from the edge');

  await cluster.servers[0]?.kill();
  await cluster.settled();
  await cluster.servers[0]?.restart();
  await cluster.settled();
  await Promise.all([edge.close(), hub.close()]);
});

test('tokens, users and the system account are enforced', async () => {
  await using server = await startNats({ users: [{ user: 'ann', password: 'secret' }] });
  const options = { servers: server.url, reconnect: false };
  await assert.rejects(connect(options), /authorization/i);
  await (await connect({ ...options, user: 'ann', pass: 'secret' })).close();
  const { user, password } = server.systemUser;
  const system = await connect({ ...options, user, pass: password });
  const reply = await system.request('$SYS.REQ.SERVER.PING', '', { timeout: 2000 });
  assert.match(reply.string(), /"server"/);
  await system.close();

  await using withToken = await startNats({ token: 't0ken' });
  await assert.rejects(connect({ servers: withToken.url, reconnect: false }), /authorization/i);
  await (await connect({ servers: withToken.url, token: 't0ken' })).close();
});

test('a server that cannot start says why', async () => {
  await assert.rejects(startNats({ extraConfig: 'no_such_option: 1' }), (error) => {
    assert.ok(error instanceof ProcessFailed);
    assert.match(error.message, /no_such_option/);
    assert.ok(existsSync(error.logPath));
    return true;
  });
  await using first = await startNats();
  await assert.rejects(startNats({ port: first.port }), /address already in use/);
});

test('neither server nor files outlive a parent that is killed', async () => {
  const script = `
    import { startNats, tempDir } from '@hopline/testkit';
    const server = await startNats({ jetstream: false });
    console.log('started', server.pid, (await tempDir()).path);
    setInterval(() => {}, 1000);`;
  await using parent = await startProcess({
    name: 'parent',
    args: ['--input-type=module', '--eval', script],
    cwd: import.meta.dirname,
    readyLine: /started (\d+) (.*)\n/,
  });
  const pid = Number(parent.ready[1]);
  const path = parent.ready[2] ?? '';
  assert.ok(existsSync(path));
  assert.ok(isAlive(pid));
  await parent.kill('SIGKILL');
  await waitFor(() => !isAlive(pid), { message: `the end of ${pid}` });
  await waitFor(() => !existsSync(path), { message: `the end of ${path}` });
});

test('a browser runs scripts and reports their errors', async () => {
  await using page = await servePage(
    '<h1>Hi</h1><script>throw new Error("broken on purpose")</script>',
  );
  await using opened = await openBrowser();
  const tab = await opened.openPage(page.url, { colorScheme: 'dark' });
  assert.equal(await tab.textContent('h1'), 'Hi');
  assert.equal(await tab.evaluate('matchMedia("(prefers-color-scheme: dark)").matches'), true);
  assert.ok(opened.errors.some((error) => error.includes('broken on purpose')));
});

test('Prometheus scrapes a target', async () => {
  await using target = await servePage('orders_total 42\n', 'text/plain; version=0.0.4');
  await using prometheus = await startPrometheus({ targets: [new URL(target.url).host] });
  const [sample] = await waitFor(
    async () => {
      const samples = await prometheus.query('orders_total');
      return samples.length > 0 && samples;
    },
    { message: 'the sample', timeoutMs: 20_000 },
  );
  assert.equal(sample?.value[1], '42');
  await assert.rejects(prometheus.query('sum('), /parse error/);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function servePage(
  body: string,
  contentType = 'text/html',
): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', contentType).end(body);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
