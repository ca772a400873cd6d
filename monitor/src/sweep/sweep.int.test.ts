import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { AssetRow } from '@hopline/model';
import { freePort, type NatsCluster, startCluster, startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { recordingProxy } from '../recording-proxy.fixture.ts';
import { serverAtUrl } from '../servers/monitoring-server.ts';
import { startWatching, type Watched } from '../watched.fixture.ts';

const sweeping = (urls: readonly string[], intervalMs = 100): Watched =>
  startWatching({ monitor: { urls: [...urls], intervalMs, timeoutMs: 2000 } });

const keysOf = (rows: AssetRow[]) =>
  new Set(rows.map((row) => `${row.stream}/${row.consumer} from ${row.server_name}`));

const statusOf = (watching: Watched, url: string) => {
  const found = watching.watch.status().monitor.find((status) => status.url === url);
  assert.ok(found, url);
  return found;
};

/** Three streams of one and one of three replicas, a consumer with a backlog on each; their leaders. */
async function withAssets(cluster: NatsCluster) {
  await using nats = await connect({ servers: [...cluster.urls] });
  const manager = await jetstreamManager(nats);
  const leaders = new Set<string>();
  let msgIds = 0;
  for (const [name, replicas] of [
    ['A', 1],
    ['B', 1],
    ['C', 1],
    ['R', 3],
  ] as const) {
    await manager.streams.add({ name, subjects: [`${name}.>`], num_replicas: replicas });
    await manager.consumers.add(name, {
      durable_name: 'reader',
      ack_policy: 'explicit',
      filter_subject: `${name}.x`,
    });
    await waitFor(async () => (await manager.consumers.info(name, 'reader')).cluster?.leader, {
      message: 'leaders',
    });
    for (const subject of [`${name}.x`, `${name}.x`, `${name}.y`]) {
      // Interest in a new stream takes a moment to spread; the id makes a repetition harmless.
      const msgID = `${subject}-${msgIds++}`;
      await waitFor(() => jetstream(nats).publish(subject, 'x', { msgID }), { message: 'an ack' });
    }
    const stream = await manager.streams.info(name);
    const consumer = await manager.consumers.info(name, 'reader');
    leaders.add(`${name}/ from ${stream.cluster?.leader}`);
    leaders.add(`${name}/reader from ${consumer.cluster?.leader}`);
  }
  return leaders;
}

test('a cluster: each asset from its leader, whoever is down', { timeout: 120_000 }, async (t) => {
  await using cluster = await startCluster({ leaf: true });
  const leaders = await withAssets(cluster);

  await t.test('all URLs: each asset once a sweep, with the figures of its leader', async () => {
    await using seen = sweeping(cluster.monitorUrls);
    await waitFor(() => seen.assets.length >= 16, { message: 'two sweeps' });
    assert.deepEqual(keysOf(seen.assets), leaders);
    const sweeps = Map.groupBy(seen.assets, (row) => `${row.kind} ${row.stream}`);
    assert.equal(sweeps.size, 8);
    const last = (key: string) => sweeps.get(key)?.at(-1);
    for (const name of ['A', 'B', 'C', 'R']) {
      assert.equal(last(`stream ${name}`)?.messages, '3');
      assert.deepEqual(last(`stream ${name}`)?.subjects, [`${name}.>`]);
      assert.equal(last(`consumer ${name}`)?.num_pending, '2');
      assert.deepEqual(last(`consumer ${name}`)?.subjects, [`${name}.x`]);
      assert.equal(last(`consumer ${name}`)?.account, 'APP');
    }
    for (const status of seen.watch.status().monitor) {
      assert.deepEqual(
        { ...status, server: '', lastSuccess: '' },
        {
          url: status.url,
          up: true,
          server: '',
          version: status.version,
          lastSuccess: '',
          error: '',
        },
      );
      assert.match(status.version, /^2\.\d+\.\d+/);
      assert.match(status.lastSuccess ?? '', /^\d{19}$/);
    }
    assert.deepEqual(
      seen.watch.status().monitor.map(({ server }) => server),
      ['hub-1', 'hub-2', 'hub-3', 'edge'],
    );
  });

  await t.test('one URL: only what it leads, and the status says what is missing', async () => {
    for (const server of cluster.servers) {
      await using seen = sweeping([server.monitorUrl]);
      await waitFor(() => statusOf(seen, server.monitorUrl).up, { message: 'a sweep' });
      const own = [...leaders].filter((key) => key.endsWith(` from ${server.name}`));
      await waitFor(() => seen.assets.length >= own.length, { message: 'its own assets' });
      assert.deepEqual(keysOf(seen.assets), new Set(own));
      const followed = [...leaders].filter((key) => key.startsWith('R/') && !own.includes(key));
      const { error } = statusOf(seen, server.monitorUrl);
      for (const key of followed) {
        assert.match(error, new RegExp(`led by ${key.split(' from ')[1]}, which did not answer`));
      }
    }
  });

  await t.test('a server that dies is named, and is up again when it is back', async () => {
    await using seen = sweeping(cluster.monitorUrls);
    const [dead, ...others] = cluster.servers;
    assert.ok(dead);
    await waitFor(() => statusOf(seen, dead.monitorUrl).up, { message: 'the server' });
    await dead.kill();
    await waitFor(() => !statusOf(seen, dead.monitorUrl).up, { message: 'it down' });
    const { error, server, lastSuccess } = statusOf(seen, dead.monitorUrl);
    assert.match(error, new RegExp(`cannot read ${dead.monitorUrl}/varz: .*ECONNREFUSED`));
    assert.equal(server, dead.name);
    seen.assets.length = 0;
    await waitFor(() => seen.assets.length > 0, { message: 'a sweep without it' });
    assert.ok(seen.assets.every((row) => row.server_name !== dead.name));
    assert.ok(others.every(({ monitorUrl }) => statusOf(seen, monitorUrl).up));
    // Dead, not only out of sight: it is still a member of the meta group, and nobody is connected to it.
    const state = () => seen.watch.cluster().servers.find(({ name }) => name === dead.name)?.state;
    await waitFor(() => state() === 'down', { message: 'its state down' });
    await dead.restart();
    await waitFor(() => statusOf(seen, dead.monitorUrl).error === '', { message: 'it up again' });
    assert.ok(BigInt(statusOf(seen, dead.monitorUrl).lastSuccess ?? 0) > BigInt(lastSuccess ?? 0));
  });
});

describe('one server', () => {
  test('alone leads all it has; base path, slash at the end, name without scheme', async () => {
    await using server = await startNats({ extraConfig: 'http_base_path: /nats' });
    await using nats = await connect({ servers: server.url });
    await (await jetstreamManager(nats)).streams.add({ name: 'S', subjects: ['s.>'] });
    for (const url of [`${server.monitorUrl}/nats`, `${server.monitorUrl.slice(7)}/nats/`]) {
      await using seen = sweeping([url]);
      await waitFor(() => seen.assets.length > 0, { message: `rows of ${url}` });
      assert.deepEqual(keysOf(seen.assets), new Set(['S/ from nats']));
      assert.equal(statusOf(seen, `${server.monitorUrl}/nats`).error, '');
    }
    await using without = sweeping([server.monitorUrl]);
    await waitFor(() => /answered 404/.test(statusOf(without, server.monitorUrl).error), {
      message: 'the status 404',
    });
  });

  test('with many accounts is read page by page', async () => {
    const names = ['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE'];
    const account = (name: string) =>
      `${name} { jetstream: enabled, users: [{ user: ${name}, password: x }] }`;
    await using server = await startNats({ accounts: names.map(account).join('\n') });
    for (const user of names) {
      await using nats = await connect({ servers: server.url, user, pass: 'x' });
      await (await jetstreamManager(nats)).streams.add({ name: 'S', subjects: ['s'] });
    }
    const { signal } = new AbortController();
    const options = { timeoutMs: 5000, signal, accountsPerPage: 2 };
    const { assets } = await serverAtUrl(server.monitorUrl, options).ask();
    assert.deepEqual(assets.map(({ view }) => view.account).toSorted(), names.toSorted());
  });

  test('over https', async () => {
    const fixture = (name: string) =>
      fileURLToPath(new URL(`../transport/tls.fixture/${name}`, import.meta.url));
    const httpsPort = await freePort();
    await using server = await startNats({
      // A server has one monitoring port: the later key takes the place of the testkit's.
      extraConfig: `http: 0
        https: "127.0.0.1:${httpsPort}"
        tls { cert_file: "${fixture('server.pem')}", key_file: "${fixture('server-key.pem')}" }`,
    });
    assert.ok(server.running);
    const { signal } = new AbortController();
    const url = `https://localhost:${httpsPort}`;
    const trusting = { timeoutMs: 5000, signal, tlsCa: fixture('ca.pem') };
    const known = serverAtUrl(url, trusting);
    await known.ask();
    assert.equal(known.status.error, '');
    assert.equal(known.status.server, 'nats');
    const unknown = serverAtUrl(url, { timeoutMs: 5000, signal });
    await unknown.ask();
    assert.match(unknown.status.error, /cannot read https:.*certificate/);
  });
});

describe('what answers wrongly is named', () => {
  const cases: [name: string, answer: RequestListener, error: RegExp][] = [
    ['never', () => undefined, /\/varz: no answer within 200 ms/],
    [
      'with a page of something else',
      (_, response) => void response.end('<html>'),
      /not that of a nats-server/,
    ],
    [
      'with a redirect',
      (_, response) => void response.writeHead(302, { location: '/' }).end(),
      /answered 302/,
    ],
    [
      'with too much',
      (_, response) => void response.end('x'.repeat(2000)),
      /larger than 1000 bytes/,
    ],
    [
      'with too much and no length',
      (_, response) => {
        response.write('x'.repeat(600));
        response.end('x'.repeat(600));
      },
      /larger than 1000 bytes/,
    ],
    [
      'half',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{', () => response.destroy());
      },
      /aborted|closed|ECONNRESET/i,
    ],
    [
      'to one question only',
      (request, response) => {
        if (request.url === '/varz') response.end('{"server_id":"N","server_name":"odd"}');
        else response.writeHead(500).end();
      },
      /\/jsz: answered 500/,
    ],
  ];
  for (const [name, answer, error] of cases) {
    test(name, async () => {
      await using stub = await httpStub(answer);
      const { signal } = new AbortController();
      const options = { timeoutMs: 200, signal, maxBodyBytes: 1000 };
      const server = serverAtUrl(stub.url, options);
      assert.deepEqual((await server.ask()).assets, []);
      assert.match(server.status.error, error);
      assert.equal(server.status.up, name === 'to one question only');
      assert.ok(stub.methods().every((method) => method === 'GET'));
    });
  }
});

test('the RAFT groups of single replicas cost a server more: asked for where they are wanted', async () => {
  await using nats = await startNats();
  await using proxy = await recordingProxy(Number(new URL(nats.monitorUrl).port));
  const { signal } = new AbortController();
  for (const allRaftGroups of [undefined, true]) {
    const options = { timeoutMs: 10_000, signal, allRaftGroups };
    const { endpoints } = await serverAtUrl(`http://127.0.0.1:${proxy.port}`, options).ask();
    assert.equal(endpoints.find(({ endpoint }) => endpoint === 'jsz')?.up, true);
    const asked = proxy
      .sent()
      .match(/GET \/jsz\S+/g)
      ?.at(-1);
    assert.equal(asked?.includes('raft=true'), allRaftGroups === true, asked);
  }
});

test('settings that can never work are refused at once', () => {
  for (const url of ['', 'nats://127.0.0.1:8222', 'http://', 'ftp://host']) {
    assert.throws(() => sweeping([url]), /cannot use monitoring URL/, url);
  }
});

async function httpStub(answer: RequestListener) {
  const methods: string[] = [];
  const server = createServer((request, response) => {
    methods.push(request.method ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  return {
    url: `http://127.0.0.1:${address.port}`,
    methods: () => methods,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
