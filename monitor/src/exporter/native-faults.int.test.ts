import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, suite, test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { recordSent } from '../only-reads.fixture.ts';
import { type Exporter, startExporter } from './exporter.ts';
import { type Scrape, scrape } from './samples.fixture.ts';

const sent = recordSent();
after(() => {
  sent.stop();
  sent.assertOnlyReads();
});

const DEADLINE = { 'X-Prometheus-Scrape-Timeout-Seconds': '20' };

/** What can go wrong with a server, in both modes: said, and in nobody else's way. */
suite('servers that fail in their own ways', { timeout: 120_000 }, () => {
  test('stopped by a signal: an error of its own, the other goes on, and back it is', async () => {
    await using frozen = await startNats({ name: 'frozen' });
    await using well = await startNats({ name: 'well' });
    const servers = [frozen.monitorUrl, well.monitorUrl];
    await using native = await exporting(servers, { native: { intervalMs: 200 } });
    await using compat = await exporting(servers, {
      endpoints: new Set(['varz']),
      limits: { shareMs: 0, timeoutMs: 1_000 },
    });
    const up = (seen: Scrape, server: string) =>
      seen.samples.get(`hopline_nats_server_up{cluster="",server="${server}"}`);
    const compatUp = (seen: Scrape, url: string) =>
      seen.samples.get(`hopline_exporter_server_up{server_id="${url}"}`);
    await until(native, (seen) => up(seen, 'frozen') === 1);
    frozen.signal('SIGSTOP');
    try {
      const seen = await until(native, (now) => up(now, 'frozen') === 0);
      assert.equal(up(seen, 'well'), 1);
      assert.equal(reasonOf(seen, 'varz'), 'timeout');
      assert.ok(!seen.samples.has('hopline_nats_server_connections{cluster="",server="frozen"}'));
      assert.ok(seen.samples.has('hopline_nats_server_connections{cluster="",server="well"}'));

      const started = performance.now();
      const other = await scrape(compat.url, DEADLINE);
      assert.ok(performance.now() - started < 20_000);
      assert.equal(compatUp(other, frozen.monitorUrl), 0);
      assert.equal(compatUp(other, well.monitorUrl), 1);
      assert.ok(!other.samples.has(`gnatsd_varz_mem{server_id="${frozen.monitorUrl}"}`));
      assert.ok(other.samples.has(`gnatsd_varz_mem{server_id="${well.monitorUrl}"}`));
    } finally {
      frozen.signal('SIGCONT');
    }
    await until(native, (seen) => up(seen, 'frozen') === 1);
    await until(compat, (seen) => compatUp(seen, frozen.monitorUrl) === 1);
  });

  test('started again under a new id: one series, the new one', async () => {
    await using nats = await startNats();
    await using native = await exporting([nats.monitorUrl], { native: { intervalMs: 200 } });
    const infos = (seen: Scrape) =>
      [...seen.samples.keys()].filter((key) => key.startsWith('hopline_nats_server_info{'));
    const [before] = infos(await until(native, (seen) => infos(seen).length === 1));
    await nats.kill();
    await until(native, (seen) => infos(seen).length === 0);
    await nats.restart();
    const [after] = infos(await until(native, (seen) => infos(seen).length === 1));
    assert.match(before ?? '', /server_id="N/);
    assert.notEqual(after, before);
  });

  test('slow, cut off and refusing endpoints: each its own error, the rest is there', async () => {
    await using broken = await serving((request, response) => {
      const path = request.url?.split('?')[0];
      if (path === '/varz') {
        response.end('{"server_id":"N","server_name":"broken","version":"2.12.0","connections":3}');
      } else if (path === '/connz') response.end('{"num_connections": 3, "connections": [{"ci');
      else if (path === '/routez') response.writeHead(500).end('no');
      else if (path === '/healthz') response.end('{"status":"ok"}');
      // Later than anybody waits.
      else if (path === '/jsz') setTimeout(() => response.end('{}'), 6_000);
      else response.end('{}');
    });
    await using native = await exporting([broken.url], {
      native: { intervalMs: 200 },
      limits: { timeoutMs: 1_500 },
    });
    const seen = await until(native, (now) => reasonOf(now, 'jsz') !== undefined);
    assert.equal(reasonOf(seen, 'jsz'), 'timeout');
    assert.equal(reasonOf(seen, 'connz'), 'body');
    assert.equal(reasonOf(seen, 'routez'), 'status');
    assert.equal(reasonOf(seen, 'healthz'), undefined);
    const of = 'cluster="",server="broken"';
    assert.equal(seen.samples.get(`hopline_nats_server_up{${of}}`), 1);
    assert.equal(seen.samples.get(`hopline_nats_server_connections{${of}}`), 3);
    assert.equal(seen.samples.get(`hopline_nats_server_healthy{${of}}`), 1);
  });
});

async function exporting(
  servers: readonly string[],
  options: Partial<Parameters<typeof startExporter>[0]>,
): Promise<Exporter> {
  return await startExporter({
    host: '127.0.0.1',
    port: 0,
    servers,
    endpoints: new Set(),
    limits: { timeoutMs: 1_000 },
    ...options,
  });
}

/** Scrapes until it is so. */
async function until(exporter: Exporter, isSo: (seen: Scrape) => boolean): Promise<Scrape> {
  let seen = await scrape(exporter.url, DEADLINE);
  await waitFor(
    async () => {
      seen = await scrape(exporter.url, DEADLINE);
      return isSo(seen);
    },
    { message: 'the state', timeoutMs: 40_000 },
  );
  return seen;
}

function reasonOf({ samples }: Scrape, endpoint: string): string | undefined {
  for (const key of samples.keys()) {
    if (!key.startsWith('hopline_nats_endpoint_error{')) continue;
    if (key.includes(`endpoint="${endpoint}"`)) return /reason="(\w+)"/.exec(key)?.[1];
  }
  return undefined;
}

async function serving(listener: RequestListener): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
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
