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

test('waiting, attempts, sizes and backlog of JetStream messages', async () => {
  await using endpoint = await startPrometheus({ port: 0, host: '127.0.0.1' });
  const { jetstream, StorageType, AckPolicy } = clients.jetStream;
  const js = jetstream(clients.nc);
  const jsm = await js.jetstreamManager();
  await jsm.streams.add({ name: 'PROM', subjects: ['prom.>'], storage: StorageType.Memory });
  await jsm.consumers.add('PROM', { durable_name: 'worker', ack_policy: AckPolicy.Explicit });
  for (let i = 0; i < 3; i += 1) await js.publish('prom.a', 'hello');
  const consumer = await js.consumers.get('PROM', 'worker');
  const first = await consumer.next({ expires: 30_000 });
  first?.nak();
  const again: number[] = [];
  const messages = await consumer.consume({
    callback: (message) => {
      again.push(message.info.deliveryCount);
      message.ack();
    },
  });
  await waitFor(() => again.length === 3, { message: 'all three' });
  await messages.close();
  const series = await scrape(endpoint.url);
  const label = '{subject="prom.a"}';
  assert.equal(series.get(`nats_messages_redelivered_total${label}`), 1);
  assert.equal(series.get(`nats_message_queue_duration_seconds_count${label}`), 4);
  assert.equal(series.get(`nats_message_buffer_duration_seconds_count${label}`), 4);
  assert.equal(series.get(`nats_message_received_size_bytes_sum${label}`), 20);
  assert.equal(series.get(`nats_message_sent_size_bytes_sum${label}`), 15);
  assert.equal(series.get(`nats_message_sent_size_bytes_bucket{subject="prom.a",le="64"}`), 3);
  assert.equal(series.get('nats_consumer_pending{stream="PROM",consumer="worker"}'), 0);
});

test('OpenMetrics has exemplars that name the span; the other format has none', async () => {
  await using endpoint = await startPrometheus({ port: 0, host: '127.0.0.1' });
  clients.spans.clear();
  const sub = clients.nc.subscribe('exemplary', { callback: () => {} });
  clients.nc.publish('exemplary', 'x');
  await waitFor(() => clients.spans.names().includes('process exemplary'), { message: 'the span' });
  sub.unsubscribe();
  const { traceId, spanId } = clients.spans.one('process exemplary').spanContext();
  const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.3';
  const response = await fetch(endpoint.url, { headers: { accept } });
  assert.match(response.headers.get('content-type') ?? '', /^application\/openmetrics-text/);
  const text = await response.text();
  const line = /^nats_message_processing_duration_seconds_bucket\{subject="exemplary".* # (.*)$/m;
  const [, exemplar] = line.exec(text) ?? [];
  assert.ok(exemplar?.startsWith(`{trace_id="${traceId}",span_id="${spanId}"} `), exemplar);
  assert.match(text, /^# TYPE nats_messages_published counter$/m);
  assert.match(text, /^nats_messages_published_total\{subject="exemplary"\} 1$/m);
  assert.ok(text.endsWith('# EOF\n'));
  assert.doesNotMatch(await (await fetch(endpoint.url)).text(), /trace_id|EOF/);
});

test('other paths and methods', async () => {
  await using endpoint = await startPrometheus({ port: 0, host: '127.0.0.1' });
  assert.equal((await fetch(new URL('/', endpoint.url))).status, 404);
  assert.equal((await fetch(endpoint.url, { method: 'POST' })).status, 405);
  const { status, headers } = await fetch(endpoint.url, { method: 'HEAD' });
  assert.deepEqual([status, headers.get('content-type')?.split(';')[0]], [200, 'text/plain']);
});

test('the port is 9464 unless another is named', async () => {
  // Whatever else may hold that port on this machine: then it is named in the error.
  const address = await startPrometheus({ host: '127.0.0.1' }).then(
    async (endpoint) => {
      await endpoint.close();
      return endpoint.url;
    },
    (error: unknown) => String(error),
  );
  assert.match(address, /127\.0\.0\.1:9464\b/);
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
  // It asks for OpenMetrics, whose rules are stricter.
  const counts = await prometheus.query('nats_message_sent_size_bytes_count{subject="scraped.it"}');
  assert.equal(counts[0]?.value[1], '1');
});
