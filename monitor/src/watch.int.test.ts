import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdvisoryRow } from '@hopline/model';
import { CONTRACT } from '@hopline/model/api';
import { checkMetrics, startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { startWatching, watched } from './watched.fixture.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN_ID = '00f067aa0ba902b7';

function traced(): ReturnType<typeof headers> {
  const carried = headers();
  carried.set('traceparent', `00-${TRACE_ID}-${SPAN_ID}-01`);
  return carried;
}

async function client(url: string, name = 'test'): Promise<NatsConnection> {
  return await connect({ servers: url, name });
}

test('a traced message becomes a hop row', async () => {
  await using server = await startNats();
  await using seen = await watched({ nats: { servers: [server.url] } });
  await using nats = await client(server.url, 'producer');
  nats.publish('orders.created', 'x', { headers: traced() });

  await waitFor(() => seen.hops.length === 1, { message: 'the hop row' });
  const [row] = seen.hops;
  assert.equal(row?.trace_id, TRACE_ID);
  assert.equal(row?.span_id, SPAN_ID);
  assert.equal(row?.subject, 'orders.created');
  assert.equal(row?.ingress_kind, 'client');
  assert.equal(row?.ingress_name, 'producer');
  assert.equal(row?.account, 'APP');
  assert.deepEqual(row?.expects, []);
});

test('nak, term and the last delivery become advisory rows', async () => {
  await using server = await startNats();
  await using seen = await watched({ nats: { servers: [server.url] } });
  await using nats = await client(server.url);
  const manager = await jetstreamManager(nats);
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  await manager.consumers.add('ORDERS', {
    durable_name: 'payment',
    ack_policy: 'explicit',
    max_deliver: 2,
  });
  const js = jetstream(nats);
  const consumer = await js.consumers.get('ORDERS', 'payment');
  await js.publish('orders.created', 'poison');
  (await consumer.next({ expires: 5000 }))?.nak();
  (await consumer.next({ expires: 5000 }))?.nak();
  await js.publish('orders.created', 'refused');
  (await consumer.next({ expires: 5000 }))?.term('no such customer');
  // Not the stream: a server may end a stream's sender before it has said that the stream is gone.
  await manager.consumers.delete('ORDERS', 'payment');

  const kinds = () => seen.advisories.map((row) => row.kind);
  await waitFor(() => kinds().includes('consumer_delete'), { message: 'the last advisory' });
  assert.deepEqual(seen.advisories.filter((row) => !row.kind.endsWith('_delete')).map(fate), [
    ['stream_create', '0', 0, ''],
    ['consumer_create', '0', 0, ''],
    ['nak', '1', 1, ''],
    ['nak', '1', 2, ''],
    ['max_deliver', '1', 2, ''],
    ['terminated', '2', 1, 'no such customer'],
  ]);
  for (const row of seen.advisories) assert.equal(row.stream, 'ORDERS');
  assert.equal(new Set(seen.advisories.map((row) => row.id)).size, seen.advisories.length);
  const metrics = seen.watch.metricsText();
  assert.match(metrics, /^hopline_jetstream_advisories_total\{kind="max_deliver"\} 1$/m);
  const ofConsumer = /^hopline_consumer_advisories_total\{.*stream="ORDERS",.*kind="nak"\} 2$/m;
  assert.match(metrics, ofConsumer);
  assert.equal(await checkMetrics(metrics), '');
});

function fate({ kind, stream_seq, deliveries, reason }: AdvisoryRow) {
  return [kind, stream_seq, deliveries, reason];
}

test('the status fits the contract of the API', async () => {
  await using server = await startNats();
  const monitor = { urls: [server.monitorUrl], intervalMs: 50, timeoutMs: 1000 };
  await using seen = await watched({ nats: { servers: [server.url] }, monitor });
  await waitFor(() => seen.watch.status().monitor[0]?.up, { message: 'a sweep' });
  const connected = seen.watch.status();
  const { shape } = CONTRACT.status.response;
  await using idle = startWatching({});
  for (const { nats, monitor } of [connected, idle.watch.status()]) {
    assert.deepEqual(shape.nats.parse(nats), nats);
    assert.deepEqual(shape.monitor.parse(monitor), monitor);
  }
  assert.equal(idle.watch.status().nats.state, 'not configured');
});

test('a slow sink costs rows, counted, never memory or the connection', async () => {
  await using server = await startNats();
  const held = Promise.withResolvers<void>();
  const warnings: string[] = [];
  await using seen = await watched({
    nats: { servers: [server.url] },
    onHops: () => held.promise,
    limits: { batchRows: 10, maxBufferedRows: 100 },
    log: { info: () => undefined, warn: (_fields, message) => void warnings.push(message) },
  });
  await using nats = await client(server.url);
  for (let sent = 0; sent < 1000; sent++) nats.publish('fast', 'x', { headers: traced() });
  const { hops } = await waitFor(
    () => {
      const { rows } = seen.watch.status();
      return rows.hops.dropped === 900 && rows;
    },
    { message: 'dropped rows' },
  );
  assert.deepEqual(hops, { buffered: 100, handedOver: 0, dropped: 900 });
  assert.deepEqual(warnings, ['buffer is full, dropping rows']);
  held.resolve();
  await waitFor(() => seen.watch.status().rows.hops.buffered === 0, { message: 'an empty buffer' });
  nats.publish('slow', 'x', { headers: traced() });
  await waitFor(() => seen.watch.status().rows.hops.handedOver === 101, { message: 'one more' });
});

test('what arrived is handed over at the end', async () => {
  await using server = await startNats();
  const seen = await watched({
    nats: { servers: [server.url] },
    limits: { batchAgeMs: 60_000, batchRows: 1000 },
  });
  await using nats = await client(server.url);
  nats.publish('orders.created', 'x', { headers: traced() });
  await waitFor(() => seen.watch.status().rows.hops.buffered === 1, { message: 'the row' });
  assert.equal(seen.hops.length, 0);
  await seen[Symbol.asyncDispose]();
  assert.equal(seen.hops.length, 1);
});
