import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { openBrowser, startNats, waitFor } from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { ask, hopline, startUp } from './product.ts';

/** Spent only when a test fails, or the machine does a lot besides. */
const LONG_MS = 120_000;
const OFTEN = { HOPLINE_MONITOR_INTERVAL_MS: '500' };

test('who may not ask JetStream is told that streams are unknown, and why: API, pages, commands', {
  timeout: 400_000,
}, async () => {
  await using nats = await startNats({
    users: [
      {
        user: 'listener',
        password: 'x',
        permissions: '{ publish: { deny: ["$JS.API.>", "$SYS.>"] }, subscribe: [">"] }',
      },
    ],
  });
  const { host } = new URL(nats.url);
  await using up = await startUp([{ url: `nats://listener:x@${host}` }], OFTEN);
  await waitFor(async () => (await ask(up.url, 'consumers')).unknown.length > 0, {
    message: 'what is unknown',
    timeoutMs: LONG_MS,
  });
  const refused = /Permissions Violation for Publish to "\$JS\.API\.INFO"/;
  const lag = await hopline(['lag', '--url', up.url]);
  assert.match(lag.output, refused);
  assert.doesNotMatch(lag.output, /no such consumer/);
  const servers = await hopline(['servers', '--url', up.url]);
  assert.match(servers.output, /^servers are unknown: there is no monitoring URL and no user/);
  const top = await hopline(['top', '--once', '--url', up.url]);
  assert.match(top.output, /servers unknown {2}consumers unknown/);
  assert.match(top.output.replaceAll(/\s+/g, ' '), refused);
  await using browser = await openBrowser();
  const page = await browser.openPage(`${up.url}/consumers`);
  for (const path of ['/consumers', '/consumers?tab=streams', '/consumers/ORDERS/payment']) {
    await page.goto(up.url + path);
    await page.getByText('Streams and consumers are unknown').waitFor({ timeout: LONG_MS });
    await page.getByText(refused).waitFor({ timeout: LONG_MS });
  }
  await page.goto(`${up.url}/servers?tab=connections`);
  await page.getByText('Connections are unknown').waitFor({ timeout: LONG_MS });
  await page.getByRole('tab', { name: 'Servers ?', exact: true }).waitFor({ timeout: LONG_MS });
  assert.deepEqual(browser.errors, []);
});

test('a server with /jsz off has streams that are unknown, and all the rest', {
  timeout: 400_000,
}, async () => {
  await using nats = await startNats();
  await using client = await connect({ servers: nats.url });
  await (await jetstreamManager(client)).streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  await using door = await doorWithout('/jsz', nats.monitorUrl);
  await using up = await startUp([{ url: nats.url, monitorUrl: door.url }], OFTEN);
  const { unknown } = await waitFor(
    async () => {
      const answer = await ask(up.url, 'streams');
      return answer.unknown.length > 0 && answer;
    },
    { message: 'what is unknown', timeoutMs: LONG_MS },
  );
  assert.deepEqual(
    unknown.map(({ part, server }) => [part, server]),
    [['streams and consumers', 'nats']],
  );
  const lag = await hopline(['lag', '--url', up.url]);
  assert.match(
    lag.output,
    /^streams and consumers that only nats has are not listed: \/jsz: .*404/,
  );
  const top = await hopline(['top', '--once', '--url', up.url]);
  assert.match(top.output, /1\/1 servers up .* consumers unknown/);
  const json = await hopline(['top', '--json', '--url', up.url]);
  const told = JSON.parse(json.output) as Record<'servers' | 'consumers', unknown[]> & {
    unknown: Record<'consumers', { reason: string }[]>;
  };
  assert.deepEqual([told.servers.length, told.consumers], [1, []]);
  assert.match(told.unknown.consumers[0]?.reason ?? '', /404/);
  await using browser = await openBrowser();
  const page = await browser.openPage(`${up.url}/consumers`);
  await page.getByText('Streams and consumers are unknown').waitFor({ timeout: LONG_MS });
  await page.getByText(/nats: \/jsz: .*404/).waitFor({ timeout: LONG_MS });
  await page.goto(`${up.url}/servers`);
  await page.locator('tr', { hasText: 'In part' }).waitFor({ timeout: LONG_MS });
});

/** The monitoring port of a server behind a proxy that does not pass one path on. */
async function doorWithout(
  path: string,
  monitorUrl: string,
): Promise<AsyncDisposable & { url: string }> {
  const server: Server = createServer((request, response) => {
    if (request.url?.startsWith(path)) {
      response.writeHead(404).end();
      return;
    }
    fetch(new URL(request.url ?? '/', monitorUrl)).then(
      async (answer) => {
        const body = Buffer.from(await answer.arrayBuffer());
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(body);
      },
      () => response.writeHead(502).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
