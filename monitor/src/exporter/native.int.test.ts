import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkMetrics, startCluster, startNats, startPrometheus, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { recordSent } from '../only-reads.fixture.ts';
import { startWatching } from '../watched.fixture.ts';
import { type Exporter, type ExporterOptions, startExporter } from './exporter.ts';
import { parseExposition, scrape } from './samples.fixture.ts';

const sent = recordSent();
after(() => {
  sent.stop();
  sent.assertOnlyReads();
});

async function exporting(
  servers: readonly string[],
  options: Partial<ExporterOptions> = {},
): Promise<Exporter> {
  return await startExporter({
    host: '127.0.0.1',
    port: 0,
    servers,
    endpoints: new Set(),
    native: { intervalMs: 200 },
    ...options,
  });
}

async function addConsumers(client: NatsConnection, replicas: number): Promise<void> {
  const manager = await jetstreamManager(client);
  await waitFor(
    () => manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'], num_replicas: replicas }),
    { message: 'the stream' },
  );
  await manager.consumers.add('ORDERS', {
    durable_name: 'payment',
    ack_policy: 'explicit',
    metadata: { 'io.nats.monitor.unprocessed-critical': '2' },
  });
  await manager.consumers.add('ORDERS', { durable_name: 'audit', ack_policy: 'explicit' });
  for (const id of ['1', '2', '3']) {
    await waitFor(() => jetstream(client).publish(`orders.${id}`, id, { msgID: id }), {
      message: 'an ack',
    });
  }
}

/**
 * Streams S01, S02, ... each with one message more than the one before, stored later, and a consumer of it;
 * and one of S01 that is not durable. Names in this order.
 */
async function addWaiting(client: NatsConnection, count: number): Promise<string[]> {
  const manager = await jetstreamManager(client);
  const names = Array.from({ length: count }, (_, at) => `S${String(at + 1).padStart(2, '0')}`);
  for (const [at, name] of names.entries()) {
    await manager.streams.add({ name, subjects: [name] });
    await manager.consumers.add(name, { durable_name: 'late', ack_policy: 'explicit' });
    for (let sent = 0; sent <= at; sent++) await jetstream(client).publish(name, 'x'.repeat(100));
    // Lag is told at the time of each report: those of one sweep must not hide which is longer.
    await sleep(150);
  }
  await manager.consumers.add(names[0]!, { ack_policy: 'explicit', name: 'passing' });
  return names;
}

const labels = (consumer: string, cluster = '') =>
  `account="APP",cluster="${cluster}",consumer="${consumer}",domain=""`;

suite('native metrics', { timeout: 120_000 }, () => {
  test('of a cluster: one series a consumer, promtool finds nothing, docs name them', async () => {
    await using cluster = await startCluster({ nodes: 3 });
    await using client = await connect({ servers: [...cluster.urls] });
    await addConsumers(client, 3);
    await using exporter = await exporting(cluster.monitorUrls);
    const backlog = `hopline_consumer_backlog_messages{${labels('payment', 'hub')},stream="ORDERS"}`;
    let seen = await scrape(exporter.url);
    await waitFor(
      async () => {
        seen = await scrape(exporter.url);
        return seen.samples.get(backlog) === 3;
      },
      { message: backlog },
    );
    const text = await (await fetch(exporter.url)).text();
    // Our own process has names that every exporter has; promtool knows no fault in them either.
    assert.equal(await checkMetrics(text), '');

    const ofPayment = [...seen.samples.keys()].filter((key) =>
      key.startsWith(backlog.slice(0, 60)),
    );
    assert.equal(ofPayment.filter((key) => key.includes('payment')).length, 1);
    const breach = `hopline_consumer_threshold_breached{${labels('payment', 'hub')},key="io.nats.monitor.unprocessed-critical",stream="ORDERS"}`;
    assert.equal(seen.samples.get(breach), 3);
    assert.equal(seen.samples.get('hopline_consumers_backlog_messages{}'), 6);
    for (const server of ['hub-1', 'hub-2', 'hub-3']) {
      assert.equal(seen.samples.get(`hopline_nats_server_up{cluster="hub",server="${server}"}`), 1);
    }
    const lag = [...seen.samples].filter(([key]) =>
      key.startsWith('hopline_consumer_delivery_lag_seconds'),
    );
    assert.equal(lag.length, 2);
    assert.ok(lag.every(([key, value]) => key.includes('method="exact"') && value > 0));

    const documented = await readFile(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    for (const [name, type] of seen.types) {
      if (name.startsWith('process_') || name.startsWith('hopline_exporter_')) continue;
      assert.ok(isDocumented(documented, name), `docs/metrics.md does not name ${name}`);
      assert.equal(type, name.endsWith('_total') ? 'counter' : 'gauge', name);
    }
  });

  test('a dead server: up 0, no figures of it, its state; the others go on', async () => {
    await using nats = await startNats();
    await using exporter = await exporting([nats.monitorUrl], { limits: { timeoutMs: 500 } });
    const of = 'cluster="",server="nats"';
    const up = async () =>
      (await scrape(exporter.url)).samples.get(`hopline_nats_server_up{${of}}`);
    await waitFor(async () => (await up()) === 1, { message: 'up' });
    await nats.kill();
    await waitFor(async () => (await up()) === 0, { message: 'down' });
    const { samples } = await scrape(exporter.url);
    assert.equal(samples.get(`hopline_nats_server_state{${of},state="down"}`), 1);
    assert.ok(!samples.has(`hopline_nats_server_connections{${of}}`));
    const age = `hopline_nats_server_last_success_age_seconds{${of}}`;
    assert.ok(samples.get(age)! > 0);
    await nats.restart();
    await waitFor(async () => (await up()) === 1, { message: 'up again' });
  });

  test('over the budget: totals of all, series of the worst, and it says so', async () => {
    await using nats = await startNats();
    await using client = await connect({ servers: nats.url });
    await addConsumers(client, 1);
    await using exporter = await exporting([nats.monitorUrl], {
      native: { intervalMs: 200, maxSeries: 30 },
    });
    const { samples } = await scrape(exporter.url);
    assert.equal(samples.get('hopline_series_left_out{kind="consumers"}'), 1);
    assert.equal(samples.get('hopline_series_left_out{kind="streams"}'), 1);
    assert.equal(samples.get('hopline_series_budget{}'), 30);
    assert.equal(samples.get('hopline_consumers_backlog_messages{}'), 6);
    const own = [...samples.keys()].filter((key) => key.startsWith('hopline_consumer_backlog'));
    assert.equal(own.length, 1);
  });

  test('over the budget: the largest streams and the consumers that wait longest, in both', async () => {
    await using nats = await startNats();
    await using client = await connect({ servers: nats.url });
    const waiting = await addWaiting(client, 12);
    // Three streams of 10 series, and four consumers of 15.
    const maxSeries = 100;
    await using exporter = await exporting([nats.monitorUrl], {
      native: { intervalMs: 200, maxSeries },
    });
    await using server = startWatching({
      monitor: { urls: [nats.monitorUrl], intervalMs: 200, timeoutMs: 5_000 },
      maxSeries,
    });
    for (const [name, ask] of [
      ['exporter', () => scrape(exporter.url)],
      ['server', () => Promise.resolve(parseExposition(server.watch.metricsText()))],
    ] as const) {
      let { samples } = await ask();
      const total = 'hopline_consumers_backlog_messages{}';
      await waitFor(
        async () => {
          ({ samples } = await ask());
          return samples.get(total) === 1 + 78;
        },
        { message: `${name}: ${total}` },
      );
      const streamsOf = (metric: string): string[] =>
        [...samples.keys()]
          .filter((key) => key.startsWith(`${metric}{`))
          .map((key) => /stream="(.+?)"/.exec(key)?.[1] ?? '')
          .sort();
      assert.deepEqual(streamsOf('hopline_consumer_backlog_messages'), waiting.slice(0, 4), name);
      assert.deepEqual(streamsOf('hopline_stream_bytes'), waiting.slice(-3), name);
      assert.equal(samples.get('hopline_series_left_out{kind="consumers"}'), 13 - 4, name);
      assert.equal(samples.get('hopline_series_left_out{kind="streams"}'), 12 - 3, name);
      assert.equal(samples.get('hopline_series_budget{}'), maxSeries, name);
      const own = [...samples.keys()].filter((key) => /^hopline_(consumer|stream)_/.test(key));
      assert.ok(own.length <= maxSeries && own.length > maxSeries / 2, `${name}: ${own.length}`);
    }
  });

  test('the scraper names the server: /probe, and /sd for the servers that are known', async () => {
    await using nats = await startNats();
    await using exporter = await exporting([nats.monitorUrl], { probe: true });
    const base = exporter.url.replace('/metrics', '');
    const target = encodeURIComponent(nats.monitorUrl);
    const probed = await scrape(`${base}/probe?target=${target}`);
    assert.equal(probed.samples.get('hopline_nats_server_up{cluster="",server="nats"}'), 1);
    assert.equal((await fetch(`${base}/probe?target=file:///etc/passwd`)).status, 400);
    assert.equal((await fetch(`${base}/probe`)).status, 400);
    assert.deepEqual(await (await fetch(`${base}/sd`)).json(), [
      { targets: [nats.monitorUrl], labels: { __meta_hopline_server_id: nats.monitorUrl } },
    ]);
    await using without = await exporting([nats.monitorUrl]);
    const closed = without.url.replace('/metrics', `/probe?target=${target}`);
    assert.equal((await fetch(closed)).status, 404);
  });

  test('a real Prometheus takes it', async () => {
    await using nats = await startNats();
    await using client = await connect({ servers: nats.url });
    await addConsumers(client, 1);
    await using exporter = await exporting([nats.monitorUrl]);
    await using prometheus = await startPrometheus({ targets: [new URL(exporter.url).host] });
    await waitFor(
      async () => {
        const [sample] = await prometheus.query('sum(hopline_consumer_backlog_messages)');
        return sample?.value[1] === '6';
      },
      { message: 'the backlog in Prometheus', timeoutMs: 30_000 },
    );
  });
});

/** In the table of names, where `_suffix` after a full name stands for its siblings. */
function isDocumented(text: string, name: string): boolean {
  for (const line of text.split('\n')) {
    const names = [...(line.split('|')[1]?.matchAll(/`([^`]+)`/g) ?? [])].map((match) => match[1]!);
    const [first = ''] = names;
    if (names.includes(name)) return true;
    const isSibling = names.some(
      (suffix) =>
        suffix.startsWith('_') &&
        name.endsWith(suffix) &&
        first.startsWith(name.slice(0, name.length - suffix.length)),
    );
    if (isSibling) return true;
    const prefix = first.endsWith('*') ? first.slice(0, -1) : null;
    if (prefix && name.startsWith(prefix)) return true;
  }
  return false;
}
