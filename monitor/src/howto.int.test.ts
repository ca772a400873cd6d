import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { freePort, startNats, tempDir, waitFor } from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { type Watched, watched } from './watched.fixture.ts';

const HOWTO = new URL('../../docs/howto/switch-on-server-tracing.md', import.meta.url);
const HOPLINE = { user: 'hopline', password: 'hopline-password' };

/** The configuration under `<!-- tested: name -->`, its accounts apart from the rest. */
function snippet(name: string): { accounts: string; rest: string } {
  const text = readFileSync(HOWTO, 'utf8').split(`<!-- tested: ${name} -->\n\`\`\`\n`)[1];
  const config = text?.split('\n```')[0] ?? '';
  const [rest = '', accounts] = config.split(/^accounts \{$/m);
  assert.ok(accounts, `a block of accounts in the snippet ${name}`);
  return { rest, accounts: accounts.replace(/\}\s*$/, '') };
}

const publishTraced = (nats: NatsConnection, subject: string): void => {
  const carried = headers();
  carried.set('traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
  nats.publish(subject, 'x', { headers: carried });
};

/** Interest takes a moment to cross a leaf connection. */
const publishesUntil = (nats: NatsConnection, seen: () => boolean): Promise<boolean> =>
  waitFor(
    () => {
      publishTraced(nats, 'orders.created');
      return seen();
    },
    { message: 'the hop rows' },
  );

const serversOf = ({ hops }: Watched) => new Set(hops.map((row) => row.server_name));

test('one server: the listening user sees hops and advisories', async () => {
  await using server = await startNats({ accounts: snippet('server').accounts });
  await using seen = await watched({ nats: { servers: [server.url], ...HOPLINE } });
  assert.equal(seen.watch.status().nats.error, '', 'the permissions are enough');
  await using app = await connect({ servers: server.url, user: 'app', pass: 'app-password' });
  publishTraced(app, 'orders.created');
  await (await jetstreamManager(app)).streams.add({ name: 'ORDERS', subjects: ['stored'] });
  await waitFor(() => seen.hops.length > 0 && seen.advisories.length > 0, { message: 'both' });
  assert.deepEqual([seen.hops[0]?.account, seen.advisories[0]?.kind], ['APP', 'stream_create']);

  await using listener = await connect({
    servers: server.url,
    user: HOPLINE.user,
    pass: HOPLINE.password,
  });
  const refused = Promise.withResolvers<string>();
  listener.subscribe('orders.>', { callback: (error) => refused.resolve(String(error)) });
  assert.match(await refused.promise, /permissions violation/i);
});

test('a leaf node: its hop comes too', async () => {
  const leafPort = await freePort();
  await using hub = await startNats({
    name: 'hub',
    accounts: snippet('server').accounts,
    extraConfig: `leafnodes { listen: "127.0.0.1:${leafPort}" }`,
  });
  const { accounts, rest } = snippet('leaf');
  await using leaf = await startNats({
    name: 'leaf',
    jetstream: false,
    accounts,
    extraConfig: rest.replace('hub.example:7422', `127.0.0.1:${leafPort}`),
  });
  await using seen = await watched({ nats: { servers: [hub.url], ...HOPLINE } });
  await using edge = await connect({ servers: leaf.url, user: 'edge', pass: 'edge-password' });
  await using app = await connect({ servers: hub.url, user: 'app', pass: 'app-password' });
  edge.subscribe('orders.>', { callback: () => undefined });
  await publishesUntil(app, () => serversOf(seen).size === 2);
  assert.deepEqual(serversOf(seen), new Set(['hub', 'leaf']));
});

test('a running server takes msg_trace with a reload', async () => {
  await using dir = await tempDir('accounts');
  const path = join(dir.path, 'accounts.conf');
  const { accounts } = snippet('server');
  await writeFile(path, accounts.replace(/^.*msg_trace.*$/m, ''));
  await using server = await startNats({
    // Paths of includes start at the configuration's own folder, a neighbour of ours.
    accounts: `include "../${basename(dir.path)}/accounts.conf"`,
  });
  await using seen = await watched({ nats: { servers: [server.url], ...HOPLINE } });
  await using app = await connect({ servers: server.url, user: 'app', pass: 'app-password' });
  publishTraced(app, 'before.reload');
  await app.flush();
  await writeFile(path, accounts);
  server.signal('SIGHUP');
  await publishesUntil(app, () => seen.hops.length > 0);
  assert.equal(seen.hops[0]?.subject, 'orders.created');
});

test('several accounts: one connection sees them all', async () => {
  await using server = await startNats({ accounts: snippet('accounts').accounts });
  await using seen = await watched({ nats: { servers: [server.url], ...HOPLINE } });
  for (const user of ['shop', 'billing']) {
    await using nats = await connect({ servers: server.url, user, pass: `${user}-password` });
    await (await jetstreamManager(nats)).streams.add({ name: user, subjects: ['stored'] });
    publishTraced(nats, 'orders.created');
    await nats.flush();
  }
  await waitFor(() => seen.hops.length === 2, { message: 'the hops' });
  await waitFor(() => seen.advisories.length === 2, { message: 'the advisories' });
  assert.deepEqual(
    seen.hops.map((row) => row.account),
    ['SHOP', 'BILLING'],
  );
  assert.deepEqual(
    seen.advisories.map((row) => row.stream),
    ['shop', 'billing'],
  );
});
