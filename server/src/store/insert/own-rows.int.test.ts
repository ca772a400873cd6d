import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdvisoryRow, AssetRow, ClusterEventRow, HopRow } from '@hopline/model';
import { temporaryDatabase } from '../chdb/temporary-database.ts';

const NOW = (BigInt(Date.now()) * 1_000_000n + 7n).toString();
const HUGE = (2n ** 64n - 1n).toString();
/** What JSON lines and the engine's own text could stumble over. */
const NASTY = '{"a": "\'); DROP TABLE hops; --\\\\"}\n\n☃\t\0';

const hop: HopRow = {
  time: NOW,
  trace_id: '0af7651916cd43dd8448eb211c80319c',
  span_id: 'b7ad6b7169203331',
  server_id: 'NABC',
  server_name: 'n1',
  cluster: 'east',
  domain: 'hub',
  version: '2.15.1',
  hop: '1.2',
  expects: ['1', '2'],
  ingress_kind: 'CLIENT',
  ingress_cid: '18',
  ingress_name: 'payment',
  account: 'A',
  subject: 'orders.7',
  size_bytes: 4_294_967_295,
  error: '',
  stream: 'ORDERS',
  store_time: HUGE,
  store_error: 'full',
  change_kind: ['mapping', 'service-import'],
  change_time: [HUGE, '2'],
  change_account: ['', 'APP'],
  change_from: ['', 'check'],
  change_to: ['orders.8', NASTY],
  egress_kind: ['CLIENT', 'ROUTER'],
  egress_time: ['1', HUGE],
  egress_cid: ['1', '2'],
  egress_name: ['a', 'b'],
  egress_hop: ['', '1.2.1'],
  egress_account: ['A', ''],
  egress_subscription: ['orders.>', ''],
  egress_queue: ['', 'workers'],
  egress_error: ['', 'slow'],
  raw: NASTY,
};
const advisory: AdvisoryRow = {
  time: NOW,
  id: 'adv-1',
  kind: 'max_deliver',
  stream: 'ORDERS',
  consumer: 'payment',
  stream_seq: HUGE,
  consumer_seq: '2',
  deliveries: 5,
  reason: NASTY,
  domain: '',
  raw: NASTY,
};
const asset: AssetRow = {
  time: NOW,
  kind: 'consumer',
  account: 'A',
  domain: '',
  cluster: 'east',
  server_name: 'n2',
  stream: 'ORDERS',
  consumer: 'payment',
  subjects: ['orders.*', 'x'],
  queue_group: '',
  messages: '1',
  bytes: HUGE,
  first_seq: '3',
  last_seq: '4',
  num_pending: '5',
  num_ack_pending: '6',
  num_redelivered: '7',
  num_waiting: '8',
  delivered_stream_seq: '9',
  ack_floor_stream_seq: '10',
  last_ack_time: '1700000000000000007',
  max_deliver: -1,
  retention: 'workqueue',
  verdict: 'lagging',
  delivery_lag_seconds: 12.5,
  completion_lag_seconds: null,
  lag_method: 'exact',
};

const event: ClusterEventRow = {
  time: NOW,
  id: 'e1',
  kind: 'disconnect',
  source: 'server',
  server: 'n1',
  account: 'APP',
  connection: 'payment',
  cid: HUGE,
  reason: 'Slow Consumer (Pending Bytes)',
  raw: '{}',
};

test('rows come back as they were written', async () => {
  await using store = await temporaryDatabase();
  const line = (row: object): string => `${JSON.stringify(row)}\n`;
  await store.insert(
    'hops',
    'hops',
    line(hop) + line({ ...hop, server_name: 'n2', server_id: 'Z' }),
  );
  await store.insert('advisories', 'advisories', line(advisory));
  await store.insert('assets', 'assets', line(asset));
  await store.insert('events', 'events', line(event));
  const time = 'toString(toUnixTimestamp64Nano(time)) AS time';
  const [first, second, ...rest] = await store.select<HopRow>(
    `SELECT * EXCEPT inserted REPLACE (${time}, lower(hex(trace_id)) AS trace_id, lower(hex(span_id)) AS span_id) FROM hops ORDER BY server_id`,
  );
  assert.deepEqual(first, hop);
  assert.equal(second?.server_name, 'n2');
  assert.deepEqual(rest, []);
  assert.deepEqual(await store.select(`SELECT * REPLACE (${time}) FROM advisories`), [advisory]);
  assert.deepEqual(await store.select(`SELECT * REPLACE (${time}) FROM cluster_events`), [event]);
  const [stored] = await store.select<AssetRow>(`SELECT * REPLACE (${time}) FROM assets`);
  // Int64, so a string here.
  assert.deepEqual(stored, { ...asset, max_deliver: '-1' });
});

test('a line that is no row refuses the segment, and nothing of it is stored', async () => {
  await using store = await temporaryDatabase();
  for (const [index, bad] of ['{"time": ', 'null', '{"time":"x"}', '[1]'].entries()) {
    const outcome = await store.insert('hops', `bad-${index}`, `${JSON.stringify(hop)}\n${bad}\n`);
    assert.equal(outcome.status, 'refused', bad);
  }
  assert.deepEqual(await store.select('SELECT count() AS n FROM hops'), [{ n: '0' }]);
});

test('ids that are not hex of their length are stored as zero bytes', async () => {
  await using store = await temporaryDatabase();
  const rows = ['', 'zz', 'ab'.repeat(17)].map((id) => JSON.stringify({ ...hop, trace_id: id }));
  assert.deepEqual(await store.insert('hops', 'ids', rows.join('\n')), { status: 'stored' });
  const ids = await store.select('SELECT DISTINCT hex(trace_id) AS id FROM hops');
  assert.deepEqual(ids, [{ id: '0'.repeat(32) }]);
});
