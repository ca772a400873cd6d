import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startPrometheus as startScraper, waitFor } from '@hopline/testkit';
import { startPrometheus } from './prometheus.ts';
import { type TracedClients, tracedClients } from './testing/traced-clients.ts';

let clients: TracedClients;

before(async () => {
  clients = await tracedClients();
});
after(() => clients[Symbol.asyncDispose]());

async function scrape(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(url)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

test('counts messages by templated subject, durations and connections', async () => {
  await using endpoint = await startPrometheus({ port: 0, host: '127.0.0.1' });
  const { nc } = clients;
  const done: string[] = [];
  const sub = nc.subscribe('metric.*.created', {
    callback: (_error, message) => void done.push(message.subject),
  });
  for (let i = 0; i < 100; i++) nc.publish(`metric.${i}.created`, 'hello');
  await waitFor(() => done.length === 100, { message: 'the messages' });
  const series = await scrape(endpoint.url);
  const label = '{subject="metric.*.created"}';
  assert.equal(series.get(`nats_messages_published_total${label}`), 100);
  assert.equal(series.get(`nats_messages_received_total${label}`), 100);
  const duration = 'nats_message_processing_duration_seconds';
  assert.equal(series.get(`${duration}_count${label}`), 100);
  assert.equal(series.get(`${duration}_bucket{subject="metric.*.created",le="+Inf"}`), 100);
  assert.ok(Number(series.get(`${duration}_sum${label}`)) > 0);
  assert.equal(series.get('nats_connections{state="connected"}'), 1);
  assert.equal(series.get('nats_connects_total'), 1);
  assert.ok(Number(series.get('nats_sent_bytes_total')) >= 500);
  assert.ok(Number(series.get('nats_active_subscriptions')) >= 1);
  sub.unsubscribe();
});

test('the label is bounded: what comes later is counted together', async () => {
  await using endpoint = await startPrometheus({ port: 0, host: '127.0.0.1', maxSubjects: 3 });
  const word = (i: number) => String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26));
  for (let i = 0; i < 500; i++) clients.nc.publish(`many.${word(i)}`, 'x');
  const series = await scrape(endpoint.url);
  const published = [...series].filter(([name]) => name.startsWith('nats_messages_published'));
  assert.equal(published.length, 4);
  assert.equal(series.get('nats_messages_published_total{subject="_other"}'), 497);
});

test('other paths and methods', async () => {
  await using endpoint = await startPrometheus({ port: 0, host: '127.0.0.1' });
  assert.equal((await fetch(new URL('/', endpoint.url))).status, 404);
  assert.equal((await fetch(endpoint.url, { method: 'POST' })).status, 405);
  const { status, headers } = await fetch(endpoint.url, { method: 'HEAD' });
  assert.deepEqual([status, headers.get('content-type')?.split(';')[0]], [200, 'text/plain']);
});

test('a taken port is an error', async () => {
  await using first = await startPrometheus({ port: 0, host: '127.0.0.1' });
  const port = Number(new URL(first.url).port);
  await assert.rejects(startPrometheus({ port, host: '127.0.0.1' }), /EADDRINUSE/);
});

test('a lost and regained connection is seen, and a closed one is gone', async () => {
  const { startNats } = await import('@hopline/testkit');
  await using server = await startNats();
  await using endpoint = await startPrometheus({ port: 0, host: '127.0.0.1' });
  const before = await scrape(endpoint.url);
  const at = (name: string, series: Map<string, number>) =>
    (series.get(name) ?? 0) - (before.get(name) ?? 0);
  const nc = await clients.nats.connect({
    servers: server.url,
    reconnectTimeWait: 20,
    maxReconnectAttempts: -1,
  });
  await server.kill();
  await waitFor(
    async () => (await scrape(endpoint.url)).get('nats_connections{state="disconnected"}') === 1,
    { message: 'the loss' },
  );
  await server.restart();
  await waitFor(async () => at('nats_reconnects_total', await scrape(endpoint.url)) === 1, {
    message: 'the reconnect',
  });
  const series = await scrape(endpoint.url);
  assert.equal(at('nats_connects_total', series), 1);
  assert.equal(at('nats_disconnects_total', series), 1);
  await nc.close();
  await waitFor(
    async () => at('nats_connections{state="connected"}', await scrape(endpoint.url)) === 0,
    { message: 'the close' },
  );
  const metrics = await clients.metricNames();
  for (const name of ['connects', 'disconnects', 'reconnects', 'sent.bytes']) {
    assert.ok(Number(metrics.get(`nats.client.${name}`)?.[0]?.value) >= 1, name);
  }
});

test('a real Prometheus scrapes it', async () => {
  await using endpoint = await startPrometheus({ port: 0, host: '127.0.0.1' });
  await using prometheus = await startScraper({ targets: [new URL(endpoint.url).host] });
  clients.nc.publish('scraped.it', 'x');
  await waitFor(
    async () => {
      const query = 'nats_messages_published_total{subject="scraped.it"}';
      return (await prometheus.query(query))[0]?.value[1] === '1';
    },
    { message: 'the sample', timeoutMs: 15_000 },
  );
});
