import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, suite, test } from 'node:test';
import { freePort, startNats, waitFor } from '@hopline/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { recordSent } from '../only-reads.fixture.ts';
import { type Exporter, type ExporterOptions, startExporter } from './exporter.ts';
import type { Endpoint } from './exporter-settings.ts';
import { ofServers, scrape } from './samples.fixture.ts';

const sent = recordSent();
after(() => {
  sent.stop();
  sent.assertOnlyReads();
});

const VARZ = { server_id: 'FAKE', server_name: 'fake', connections: 3 };
const JSZ = { accounts: 0, streams: 7 };

/** What prometheus-nats-exporter gets wrong, each shown here to be right. */
suite('without the faults of prometheus-nats-exporter', { timeout: 120_000 }, () => {
  test('a dead server: its series are gone, and up says so', async () => {
    await using nats = await startNats();
    await using exporter = await exporting([nats.monitorUrl], ['varz', 'routez', 'subsz', 'connz']);
    const id = `server_id="${nats.monitorUrl}"`;
    const alive = await scrape(exporter.url);
    assert.ok(alive.samples.has(`gnatsd_varz_mem{${id}}`));
    assert.equal(alive.samples.get(`hopline_exporter_server_up{${id}}`), 1);
    await nats.kill();
    const dead = await scrape(exporter.url);
    assert.deepEqual([...ofServers(dead).samples.keys()], []);
    assert.equal(dead.samples.get(`hopline_exporter_server_up{${id}}`), 0);
    const since = `hopline_exporter_server_last_success_timestamp_seconds{${id}}`;
    assert.equal(dead.samples.get(since), alive.samples.get(since));
    assert.equal(errorOf(dead, 'varz'), 'unreachable');
    await nats.restart();
    const back = await scrape(exporter.url);
    assert.ok(back.samples.has(`gnatsd_varz_mem{${id}}`));
  });

  test('a server that is not there yet is no reason not to start, and once it is, so is all of it', async () => {
    const monitorPort = await freePort();
    const url = `http://127.0.0.1:${monitorPort}`;
    await using exporter = await exporting([url], ['varz', 'subsz', 'healthz', 'jsz']);
    const { samples: before } = await scrape(exporter.url);
    assert.equal(
      before.get(`gnatsd_healthz_status_value{server_id="${url}",value="unreachable"}`),
      0,
    );
    await using _nats = await startNats({ monitorPort });
    const { samples } = await scrape(exporter.url);
    for (const name of ['varz_mem', 'subsz_total', 'healthz_status']) {
      assert.ok(samples.has(`gnatsd_${name}{server_id="${url}"}`), name);
    }
    assert.ok([...samples.keys()].some((key) => key.startsWith('jetstream_server_total_streams')));
  });

  test('metadata as labels where a stream has a source and a mirror', async () => {
    await using nats = await startNats();
    await using client = await connect({ servers: nats.url });
    const manager = await jetstreamManager(client);
    await manager.streams.add({ name: 'A', subjects: ['a'], metadata: { team: 'shop' } });
    await manager.streams.add({ name: 'B', sources: [{ name: 'A' }], metadata: { team: 'b' } });
    await manager.streams.add({ name: 'C', mirror: { name: 'A' } });
    await using exporter = await exporting([nats.monitorUrl], ['jsz'], {
      streamMetaKeys: ['team'],
    });
    const keys = [...(await scrape(exporter.url)).samples.keys()];
    for (const expected of [
      /^jetstream_stream_source_lag.*stream_meta_team="b"/,
      /^jetstream_stream_mirror_lag.*stream_meta_team=""/,
      /^jetstream_stream_total_messages.*stream_meta_team="shop"/,
    ]) {
      assert.ok(
        keys.some((key) => expected.test(key)),
        String(expected),
      );
    }
  });

  test('metadata as labels after a server that failed at first', async () => {
    const config = { metadata: { team: 'shop' } };
    const streams = [{ name: 'S', config, state: { messages: 1 } }];
    const jsz = { account_details: [{ name: 'A', stream_detail: streams }] };
    let broken = /./;
    await using server = await serving((request, response) => {
      if (broken.test(request.url ?? '')) response.statusCode = 500;
      response.end(JSON.stringify(request.url?.startsWith('/jsz') ? jsz : VARZ));
    });
    await using exporter = await exporting([server.url], ['jsz'], { streamMetaKeys: ['team'] });
    assert.equal(errorOf(await scrape(exporter.url), 'jsz'), 'status');
    broken = /^\/jsz/;
    assert.equal(errorOf(await scrape(exporter.url), 'jsz'), 'status');
    broken = /^$/;
    const keys = [...(await scrape(exporter.url)).samples.keys()];
    assert.ok(keys.some((key) => /total_messages.*stream_meta_team="shop"/.test(key)));
  });

  test('several servers: each keeps its name and version', async () => {
    await using east = await startNats({ name: 'east' });
    await using west = await startNats({ name: 'west' });
    await using exporter = await exporting([east.monitorUrl, `W,${west.monitorUrl}`], ['varz'], {
      serverIdFrom: 'server_name',
    });
    const { samples } = await scrape(exporter.url);
    for (const name of ['east', 'west']) {
      const labels = `server_id="${name}",value="${name}"`;
      assert.equal(samples.get(`gnatsd_varz_server_name{${labels}}`), 1);
    }
  });

  test('a slow /jsz is an error within the deadline, and the rest is served', async () => {
    let jszAsked = 0;
    await using slow = await serving((request, response) => {
      if (request.url?.startsWith('/varz')) response.end(JSON.stringify(VARZ));
      // Never answered: ends with the server.
      else jszAsked++;
    });
    await using exporter = await exporting([slow.url], ['varz', 'jsz'], {
      limits: { timeoutMs: 60_000 },
    });
    const started = performance.now();
    const scrapes = await Promise.all(
      Array.from({ length: 5 }, async () => {
        return await scrape(exporter.url, { 'X-Prometheus-Scrape-Timeout-Seconds': '5' });
      }),
    );
    const tookMs = performance.now() - started;
    // The scraper's 5 s end it, far before the 60 s of a request; the rest is for a busy machine.
    assert.ok(tookMs < 30_000, `${tookMs} ms`);
    for (const scraped of scrapes) {
      assert.equal(errorOf(scraped, 'jsz'), 'pending');
      assert.equal(scraped.samples.get(`gnatsd_varz_connections{server_id="${slow.url}"}`), 3);
    }
    assert.equal(jszAsked, 1, 'one sweep for all scrapers');
  });

  test('a /jsz of more than 5 seconds is there for who waits long enough', async () => {
    await using slow = await serving((request, response) => {
      const isJsz = request.url?.startsWith('/jsz');
      setTimeout(() => response.end(JSON.stringify(isJsz ? JSZ : VARZ)), isJsz ? 5500 : 0);
    });
    await using exporter = await exporting([slow.url], ['varz', 'jsz']);
    const { samples } = await scrape(exporter.url, { 'X-Prometheus-Scrape-Timeout-Seconds': '15' });
    const found = [...samples].find(([key]) => key.startsWith('jetstream_server_total_streams'));
    assert.equal(found?.[1], 7);
  });

  test('half an answer, an error status and a body too large are each their own error', async () => {
    await using broken = await serving((request, response) => {
      if (request.url?.startsWith('/varz')) response.end('{"server_id": "FAKE", "conn');
      else if (request.url?.startsWith('/routez')) response.writeHead(500).end('no');
      else if (request.url?.startsWith('/subsz')) response.end(JSON.stringify('x'.repeat(2000)));
      else response.end('{}');
    });
    await using exporter = await exporting([broken.url], ['varz', 'routez', 'subsz', 'leafz'], {
      limits: { maxBodyBytes: 1000 },
    });
    const scraped = await scrape(exporter.url);
    assert.equal(errorOf(scraped, 'varz'), 'body');
    assert.equal(errorOf(scraped, 'routez'), 'status');
    assert.equal(errorOf(scraped, 'subsz'), 'too_large');
    assert.equal(errorOf(scraped, 'leafz'), undefined);
  });

  test('connections past the first page count', async () => {
    await using nats = await startNats({ extraConfig: 'max_connections: 5000' });
    const clients = await Promise.all(
      Array.from({ length: 30 }, async () => await connect({ servers: nats.url })),
    );
    await Promise.all(clients.map(async (client) => await client.flush()));
    await using exporter = await exporting([nats.monitorUrl], ['connz_detailed', 'varz'], {
      limits: { pageSize: 7 },
    });
    const { samples } = await scrape(exporter.url);
    const id = `{server_id="${nats.monitorUrl}"}`;
    assert.equal(samples.get(`gnatsd_connz_num_connections${id}`), 30);
    assert.equal(samples.get(`gnatsd_connz_total${id}`), 30);
    const details = [...samples.keys()].filter((key) => /^gnatsd_connz_rtt.*cid=/.test(key));
    assert.equal(details.length, 30);
    await Promise.all(clients.map(async (client) => await client.close()));
  });

  test('a URL that ends in a slash costs no redirect', async () => {
    const asked: string[] = [];
    await using server = await serving((request, response) => {
      asked.push(request.url ?? '');
      response.end(JSON.stringify(VARZ));
    });
    await using exporter = await exporting([`${server.url}/base//`], ['varz']);
    await scrape(exporter.url);
    assert.deepEqual(asked, ['/base/varz']);
  });

  test('a description does not leak to the next consumer, a leader not to the next stream', async () => {
    const consumer = { name: 'a', config: { description: 'of a' }, cluster: { leader: 'x' } };
    const stream = {
      name: 'S',
      cluster: { leader: 'x' },
      consumer_detail: [consumer, { name: 'b' }],
    };
    const jsz = { account_details: [{ name: 'A', stream_detail: [stream, { name: 'T' }] }] };
    await using server = await serving((request, response) => {
      response.end(JSON.stringify(request.url?.startsWith('/jsz') ? jsz : VARZ));
    });
    await using exporter = await exporting([server.url], ['jsz']);
    const keys = [...(await scrape(exporter.url)).samples.keys()];
    const b = keys.find((key) => /consumer_num_pending.*consumer_name="b"/.test(key));
    assert.match(b ?? '', /consumer_desc="",consumer_leader="",/);
    const t = keys.find((key) => /stream_total_bytes.*stream_name="T"/.test(key));
    assert.match(t ?? '', /stream_leader=""/);
  });

  test('a key that the server no longer gives is gone', async () => {
    let varz: object = { ...VARZ, inflight: 5 };
    await using server = await serving((_request, response) => response.end(JSON.stringify(varz)));
    await using exporter = await exporting([server.url], ['varz']);
    const key = `gnatsd_varz_inflight{server_id="${server.url}"}`;
    assert.equal((await scrape(exporter.url)).samples.get(key), 5);
    varz = VARZ;
    assert.equal((await scrape(exporter.url)).samples.has(key), false);
  });

  test('scrapers of the same second share a sweep', async () => {
    let asked = 0;
    await using server = await serving((_request, response) => {
      asked++;
      response.end(JSON.stringify(VARZ));
    });
    await using exporter = await exporting([server.url], ['varz'], { limits: { shareMs: 60_000 } });
    for (let scraper = 0; scraper < 5; scraper++) await scrape(exporter.url);
    assert.equal(asked, 1);
  });

  test('with an interval: once in each, whoever scrapes, and never of a dead server', async () => {
    await using nats = await startNats();
    let asked = 0;
    await using counting = await serving((request, response) => {
      if (request.url?.startsWith('/subsz')) asked++;
      fetch(`${nats.monitorUrl}${request.url}`)
        .then(async (answer) => response.end(await answer.text()))
        .catch(() => response.destroy());
    });
    await using rare = await exporting([counting.url], ['subsz'], { intervalMs: 600_000 });
    for (let scraper = 0; scraper < 5; scraper++) await scrape(rare.url);
    assert.equal(asked, 1);
    await using often = await exporting([counting.url], ['subsz'], { intervalMs: 50 });
    await scrape(often.url);
    await waitFor(() => asked >= 4, { message: 'sweeps that nobody asked for' });
    await nats.kill();
    for (const { url } of [rare, often]) {
      const scraped = await scrape(url);
      const up = `hopline_exporter_server_up{server_id="${counting.url}"}`;
      assert.equal(scraped.samples.get(up), 0);
      assert.deepEqual([...ofServers(scraped).samples.keys()], []);
    }
  });

  test('a server that hangs up half way does not end the exporter', async () => {
    await using server = await serving((request) => request.socket.destroy());
    await using exporter = await exporting([server.url], ['varz']);
    await waitFor(async () => errorOf(await scrape(exporter.url), 'varz') === 'unreachable', {
      message: 'an error of varz',
    });
  });
});

async function exporting(
  servers: string[],
  endpoints: Endpoint[],
  options: Partial<ExporterOptions> = {},
): Promise<Exporter> {
  return await startExporter({
    host: '127.0.0.1',
    port: 0,
    servers,
    endpoints: new Set(endpoints),
    ...options,
    limits: { shareMs: 0, ...options.limits },
  });
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

function errorOf(scraped: Awaited<ReturnType<typeof scrape>>, endpoint: Endpoint) {
  for (const key of scraped.samples.keys()) {
    const error = /^hopline_exporter_endpoint_error\{endpoint="(\w+)",reason="(\w+)"/.exec(key);
    if (error?.[1] === endpoint) return error[2];
  }
  return undefined;
}
