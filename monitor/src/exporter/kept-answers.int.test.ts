import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startNats, waitFor } from '@hopline/testkit';
import { recordSent } from '../only-reads.fixture.ts';
import { startExporter } from './exporter.ts';
import { ofServers, parseExposition, type Scrape, scrape } from './samples.fixture.ts';

const sent = recordSent();
after(() => {
  sent.stop();
  sent.assertOnlyReads();
});

const PERIOD_MS = 2_000;
/** Longer than an answer may take that is asked for by each scrape. */
const SLOW_MS = 600;
/** A machine that is busy for a moment puts scrapers out of step; they find it again. */
const IN_STEP_MS = 120_000;

suite('answers that are kept', { timeout: 300_000, concurrency: true }, () => {
  for (const { name, scrapers, keepAlive } of [
    { name: 'five scrapers out of step', scrapers: 5, keepAlive: true },
    { name: 'a connection for each scrape, at a rhythm', scrapers: 1, keepAlive: false },
    { name: 'two such behind one address', scrapers: 2, keepAlive: false },
  ]) {
    test(`${name}: a slow /jsz is asked once in the time of one, ahead`, async () => {
      await using nats = await startNats();
      await using slow = await delayed(nats.monitorUrl, SLOW_MS);
      await using exporter = await startExporter({
        host: '127.0.0.1',
        port: 0,
        servers: [slow.url],
        endpoints: new Set(['varz', 'jsz']),
        limits: { shareMs: 0 },
      });
      await using stack = new AsyncDisposableStack();
      const seen: Seen[] = [];
      for (let scraper = 0; scraper < scrapers; scraper++) {
        // Not evenly: two that come in turn at the same distance are one that comes twice as often.
        await sleep(PERIOD_MS / (scrapers + 0.5));
        stack.use(regularScraper(exporter.url, { keepAlive, onScrape: (one) => seen.push(one) }));
      }
      const periods = 3;
      await waitFor(
        () => {
          const fromMs = performance.now() - periods * PERIOD_MS;
          const scrapes = seen.filter(({ atMs }) => atMs > fromMs);
          const asked = slow.askedAtMs('/jsz').filter((atMs) => atMs > fromMs);
          const waited = scrapes.filter(({ tookMs }) => tookMs > SLOW_MS / 2);
          return (
            scrapes.length >= (periods - 1) * scrapers &&
            asked.length >= periods - 1 &&
            asked.length <= periods + 1 &&
            waited.length < scrapes.length / 2
          );
        },
        { message: 'one sweep for all who scrape', timeoutMs: IN_STEP_MS },
      );
      const last = seen.at(-1)?.scraped as Scrape;
      assert.ok([...last.samples.keys()].some((key) => key.startsWith('jetstream_server_total')));
      const ages = seen.slice(-scrapers).map(({ scraped }) => ageOf(scraped, slow.url));
      assert.ok(Math.max(...ages) > 0 && Math.max(...ages) < 2 * PERIOD_MS, ages.join());
      await stack.disposeAsync();
      await waitFor(() => performance.now() - Math.max(...slow.askedAtMs('/jsz')) > 3 * PERIOD_MS, {
        message: 'a server that is left alone, as nobody scrapes',
        timeoutMs: 60_000,
      });
    });
  }

  test('of a server that was killed or started again since, nothing is kept', async () => {
    await using nats = await startNats();
    await using counted = await delayed(nats.monitorUrl, 0);
    await using exporter = await startExporter({
      host: '127.0.0.1',
      port: 0,
      servers: [counted.url],
      endpoints: new Set(['varz', 'jsz', 'healthz']),
      intervalMs: 600_000,
      limits: { shareMs: 0 },
    });
    const up = `hopline_exporter_server_up{server_id="${counted.url}"}`;
    const jsz = (): number => counted.askedAtMs('/jsz').length;
    for (let scrapes = 1; scrapes <= 3; scrapes++) {
      const { samples } = await scrape(exporter.url);
      assert.equal(samples.get(up), 1);
      assert.ok([...samples.keys()].some((key) => key.startsWith('jetstream_server_')));
      assert.equal(counted.askedAtMs('/varz').length, scrapes, 'each scrape asks who lives');
    }
    assert.equal(jsz(), 1);
    await nats.kill();
    const dead = await scrape(exporter.url);
    assert.equal(dead.samples.get(up), 0);
    const left = [...ofServers(dead).samples.keys()];
    assert.deepEqual(
      left.filter((key) => !key.startsWith('gnatsd_healthz')),
      [],
    );
    await nats.restart();
    const back = await scrape(exporter.url);
    assert.equal(back.samples.get(up), 1);
    assert.ok([...back.samples.keys()].some((key) => key.startsWith('jetstream_server_')));
    assert.equal(jsz(), 2, 'the answer of the run before is not that of this one');
    await scrape(exporter.url);
    assert.equal(jsz(), 2);
  });
});

function ageOf({ samples }: Scrape, url: string): number {
  const key = `hopline_exporter_endpoint_age_seconds{endpoint="jsz",server_id="${url}"}`;
  return (samples.get(key) ?? Number.NaN) * 1000;
}

/** A real server behind a `/jsz` that takes so long. */
async function delayed(monitorUrl: string, jszMs: number) {
  const asked: { path: string; atMs: number }[] = [];
  const proxy = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, atMs: performance.now() });
    const pass = async (): Promise<void> => {
      if (path.startsWith('/jsz')) await sleep(jszMs);
      const answer = await fetch(`${monitorUrl}${path}`);
      response.end(await answer.text());
    };
    pass().catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    askedAtMs: (path: string) =>
      asked.filter((one) => one.path.startsWith(path)).map(({ atMs }) => atMs),
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

interface Seen {
  atMs: number;
  tookMs: number;
  scraped: Scrape;
}

/** Scrapes at its own times: over one connection as Prometheus does, or over one each. */
function regularScraper(
  url: string,
  { keepAlive, onScrape }: { keepAlive: boolean; onScrape: (one: Seen) => void },
): AsyncDisposable {
  const agent = new Agent({ keepAlive, maxSockets: 1 });
  const running = new Set<Promise<void>>();
  const once = async (): Promise<void> => {
    const atMs = performance.now();
    const body = await new Promise<string>((resolve, reject) => {
      get(url, { agent }, (response) => {
        text(response).then(resolve, reject);
      }).on('error', reject);
    });
    onScrape({ atMs, tookMs: performance.now() - atMs, scraped: parseExposition(body) });
  };
  const timer = setInterval(() => {
    const scraping = once().finally(() => running.delete(scraping));
    running.add(scraping);
  }, PERIOD_MS);
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await Promise.all(running);
      agent.destroy();
    },
  };
}
