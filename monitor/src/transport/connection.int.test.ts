import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  freePort,
  operatorMode,
  startCluster,
  startNats,
  tempDir,
  waitFor,
} from '@hopline/testkit';
import { nkeys } from '@nats-io/nats-core';
import { type Authenticator, connect, credsAuthenticator, headers } from '@nats-io/transport-node';
import { recordingProxy } from '../recording-proxy.fixture.ts';
import { startWatching, type Watched, watched } from '../watched.fixture.ts';

const QUICK = { limits: { maxBackoffMs: 100 } };
const fixture = (name: string) => fileURLToPath(new URL(`tls.fixture/${name}`, import.meta.url));

/** Publishes traced messages until one of them is seen. */
async function seesMessages(
  { hops }: Watched,
  url: string,
  authenticator?: Authenticator,
): Promise<void> {
  await using nats = await connect({ servers: url, ...(authenticator && { authenticator }) });
  const before = hops.length;
  await waitFor(
    () => {
      const carried = headers();
      carried.set('traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
      nats.publish('orders.created', 'x', { headers: carried });
      return hops.length > before;
    },
    { message: 'a traced message' },
  );
}

const natsOf = (watching: Watched) => watching.watch.status().nats;
const isIn = (watching: Watched, state: string) =>
  waitFor(() => natsOf(watching).state === state, { message: `the state ${state}` });

describe('a server that is not there', () => {
  test('at the start is no error, and is used when it comes', async () => {
    const port = await freePort();
    const url = `nats://127.0.0.1:${port}`;
    await using seen = startWatching({ nats: { servers: [url] }, ...QUICK });
    assert.equal(natsOf(seen).state, 'connecting');
    await isIn(seen, 'disconnected');
    assert.match(natsOf(seen).error, new RegExp(`cannot connect to ${url}: connection refused`));

    await using server = await startNats({ port });
    await isIn(seen, 'connected');
    assert.deepEqual(natsOf(seen), {
      state: 'connected',
      servers: [url],
      server: 'nats',
      error: '',
      traceSubject: 'hopline.trace',
    });
    await seesMessages(seen, server.url);
    assert.deepEqual(
      seen.states.map(({ state }) => state),
      ['disconnected', 'connected'],
    );
  });

  test('for a while is found again, and the subscriptions with it', async () => {
    await using server = await startNats();
    await using seen = await watched({ nats: { servers: [server.url] }, ...QUICK });
    await seesMessages(seen, server.url);
    await server.kill();
    await isIn(seen, 'disconnected');
    assert.notEqual(natsOf(seen).error, '');
    assert.equal(natsOf(seen).server, '');
    await server.restart();
    await isIn(seen, 'connected');
    assert.equal(natsOf(seen).error, '');
    await seesMessages(seen, server.url);
  });

  test('among others is passed over', async () => {
    await using server = await startNats();
    const dead = `127.0.0.1:${await freePort()}`;
    await using seen = await watched({ nats: { servers: [dead, server.url, dead] }, ...QUICK });
    await seesMessages(seen, server.url);
  });

  test('any more is replaced by one that the cluster told of', async () => {
    await using cluster = await startCluster();
    const [seed, ...others] = cluster.servers;
    assert.ok(seed);
    await using seen = await watched({ nats: { servers: [seed.url] }, ...QUICK });
    assert.equal(natsOf(seen).server, seed.name);
    await seed.kill();
    await waitFor(() => others.some(({ name }) => name === natsOf(seen).server), {
      message: 'a connection to another server',
    });
    await seesMessages(seen, others[0]?.url ?? '');
  });
});

describe('credentials', () => {
  test('that are wrong are told in words and tried for ever; files are read each time', async () => {
    await using dir = await tempDir('nkey');
    const seedPath = join(dir.path, 'user.nk');
    const user = nkeys.createUser();
    await using server = await startNats({
      accounts: `APP { msg_trace: { dest: "hopline.trace" }, users: [
        { nkey: ${user.getPublicKey()} }, { user: app, password: "app" }
      ] }`,
      noAuthUser: 'app',
    });
    await using seen = startWatching({
      nats: { servers: [server.url], nkeySeed: seedPath },
      ...QUICK,
    });
    const error = (pattern: RegExp) =>
      waitFor(() => pattern.test(natsOf(seen).error), { message: `the error ${pattern}` });
    await error(/cannot use NKey seed file .*user\.nk: .*ENOENT/);
    await writeFile(seedPath, 'no seed');
    await error(/cannot use NKey seed file .*user\.nk: /);
    await writeFile(seedPath, nkeys.createUser().getSeed());
    await error(/Authorization Violation/i);
    await waitFor(() => server.output().split('authentication error').length > 4, {
      message: 'more attempts',
    });
    await writeFile(seedPath, `${new TextDecoder().decode(user.getSeed())}\n`);
    await isIn(seen, 'connected');
    await seesMessages(seen, server.url);
  });

  test('a .creds file of a server in operator mode', async () => {
    const { config, appCreds } = await operatorMode();
    await using dir = await tempDir('creds');
    const creds = join(dir.path, 'app.creds');
    await using server = await startNats({ operatorConfig: config });
    await using seen = startWatching({ nats: { servers: [server.url], creds }, ...QUICK });
    await waitFor(
      () => /cannot use credentials file .*app\.creds: .*ENOENT/.test(natsOf(seen).error),
      {
        message: 'the missing file',
      },
    );
    await writeFile(creds, appCreds);
    await isIn(seen, 'connected');
    await seesMessages(seen, server.url, credsAuthenticator(new TextEncoder().encode(appCreds)));
  });

  test('user and password, in the settings and in the URL', async () => {
    await using server = await startNats({ users: [{ user: 'eve', password: 's3cret' }] });
    const address = `127.0.0.1:${server.port}`;
    const inUrl = `nats://eve:s3cret@${address}`;
    await using one = await watched({ nats: { servers: [inUrl] } });
    await using two = await watched({
      nats: { servers: [address], user: 'eve', password: 's3cret' },
    });
    for (const seen of [one, two]) assert.deepEqual(natsOf(seen).servers, [`nats://${address}`]);

    await using wrong = startWatching({ nats: { servers: [`nats://eve:wrong@${address}`] } });
    await isIn(wrong, 'disconnected');
    assert.match(natsOf(wrong).error, /Authorization Violation/i);
    assert.ok(!JSON.stringify([natsOf(one), natsOf(wrong), wrong.states]).includes('wrong'));
  });

  test('token, in the settings and in the URL', async () => {
    await using server = await startNats({ token: 't0ken' });
    await using one = await watched({ nats: { servers: [server.url], token: 't0ken' } });
    await using two = await watched({ nats: { servers: [`t0ken@127.0.0.1:${server.port}`] } });
    for (const seen of [one, two]) assert.equal(natsOf(seen).state, 'connected');
  });

  test('certificates on both sides', async () => {
    const tls = `tls {
      cert_file: "${fixture('server.pem')}", key_file: "${fixture('server-key.pem')}"
      ca_file: "${fixture('ca.pem')}", verify: true
    }`;
    await using server = await startNats({ extraConfig: tls });
    const nats = { servers: [`tls://localhost:${server.port}`], tlsCa: fixture('ca.pem') };
    await using seen = await watched({
      nats: { ...nats, tlsCert: fixture('client.pem'), tlsKey: fixture('client-key.pem') },
    });
    assert.equal(natsOf(seen).server, 'nats');
    await using unknown = startWatching({ nats, ...QUICK });
    await isIn(unknown, 'disconnected');
    assert.match(natsOf(unknown).error, /cannot connect to tls:/);
  });
});

test('a subscription that is refused is told, does not hinder the others, and is tried again', async () => {
  await using dir = await tempDir('accounts');
  const accounts = (denied: string) => `APP {
    jetstream: enabled, msg_trace: { dest: "hopline.trace" }
    users: [
      { user: app, password: "app" }
      { user: eve, password: "eve", permissions: { subscribe: { deny: [${denied}] } } }
    ]
  }`;
  const path = join(dir.path, 'accounts.conf');
  await writeFile(path, accounts('"hopline.trace"'));
  await using server = await startNats({
    // Paths of includes start at the configuration's own folder, a neighbour of ours.
    accounts: `include "../${basename(dir.path)}/accounts.conf"`,
    noAuthUser: 'app',
  });
  const nats = { servers: [server.url], user: 'eve', password: 'eve' };
  await using seen = await watched({ nats, ...QUICK });
  assert.match(natsOf(seen).error, /cannot subscribe to hopline\.trace: .*permissions/i);
  await writeFile(path, accounts(''));
  server.signal('SIGHUP');
  await waitFor(() => natsOf(seen).error === '', { message: 'the subscription' });
  await seesMessages(seen, server.url);
});

test('only what listens is ever sent', async () => {
  await using server = await startNats();
  await using proxy = await recordingProxy(server.port);
  await using seen = await watched({ nats: { servers: [`127.0.0.1:${proxy.port}`] } });
  await seesMessages(seen, server.url);
  await seen[Symbol.asyncDispose]();
  const verbs = new Set(
    proxy
      .sent()
      .split('\r\n')
      .map((line) => line.split(' ')[0]),
  );
  assert.ok(verbs.has('SUB'));
  assert.deepEqual(
    [...verbs].filter((verb) => !/^(CONNECT|PING|PONG|SUB|UNSUB|)$/.test(verb ?? '')),
    [],
  );
});

test('settings that can never work are refused at once', () => {
  for (const servers of [
    ['http://127.0.0.1'],
    ['nats://'],
    ['ws://x'],
    ['nats://user:pw@h:99999'],
    ['user:pw@h:99999'],
  ]) {
    assert.throws(
      () => startWatching({ nats: { servers } }),
      (error: Error) => /cannot use NATS server/.test(error.message) && !/pw/.test(error.message),
    );
  }
});
