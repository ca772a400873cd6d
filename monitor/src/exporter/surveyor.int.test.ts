import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startCluster, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { recordSent } from '../only-reads.fixture.ts';
import { startExporter } from './exporter.ts';
import { ofServers, type Scrape, scrape } from './samples.fixture.ts';

const sent = recordSent();
after(() => {
  sent.stop();
  sent.assertOnlyReads();
});

const SERVER = 'server_cluster,server_id,server_name';
const JETSTREAM = 'cluster_name,server_id,server_name';
const ACCOUNT = 'account,account_name';
const STREAM = `${ACCOUNT},cluster_name,raft_group,server_id,server_name,stream,stream_leader`;
const CONSUMER = `${ACCOUNT},cluster_name,consumer_leader,consumer_name,raft_group,server_id,server_name,stream,stream_leader`;

/** Labels of nats-surveyor v0.9.9 in alphabetical order, and its names with `*` behind those it counts. */
const CATALOGUE: readonly [labels: string, names: string][] = [
  ['', 'nats_up nats_survey_surveyed_count nats_survey_expected_count nats_core_account_count'],
  [`${SERVER},server_version`, 'nats_core_info'],
  [
    SERVER,
    `nats_core_start_time nats_core_mem_bytes nats_core_core_count nats_core_cpu_percentage
     nats_core_connection_count nats_core_total_connection_count* nats_core_active_account_count
     nats_core_subs_count nats_core_sent_msgs_count* nats_core_sent_bytes* nats_core_recv_msgs_count*
     nats_core_recv_bytes* nats_core_slow_consumer_count nats_core_route_count nats_core_gateway_count
     nats_core_rtt_nanoseconds`,
  ],
  [
    `${SERVER},server_route_name,server_route_name_id`,
    `nats_core_route_sent_msg_count* nats_core_route_sent_bytes* nats_core_route_recv_msg_count*
     nats_core_route_recv_bytes* nats_core_route_pending_bytes`,
  ],
  [
    'server_cluster,server_domain,server_host,server_id,server_jetstream,server_name,server_version',
    'nats_core_jetstream_info',
  ],
  [
    JETSTREAM,
    `nats_core_jetstream_enabled nats_core_jetstream_filestore_size_bytes
     nats_core_jetstream_filestore_used_bytes nats_core_jetstream_filestore_reserved_bytes
     nats_core_jetstream_memstore_size_bytes nats_core_jetstream_memstore_used_bytes
     nats_core_jetstream_memstore_reserved_bytes nats_core_jetstream_accounts
     nats_core_jetstream_ha_assets nats_core_jetstream_api_requests* nats_core_jetstream_api_errors*
     nats_core_jetstream_api_pending nats_core_jetstream_cluster_raft_group_leader
     nats_core_jetstream_server_jetstream_disabled nats_core_jetstream_server_total_streams
     nats_core_jetstream_server_total_consumers nats_core_jetstream_server_max_memory
     nats_core_jetstream_server_max_storage nats_core_raftz_meta_committed nats_core_raftz_meta_applied
     nats_core_raftz_meta_pindex`,
  ],
  [
    `${ACCOUNT},${SERVER}`,
    `nats_core_account_conn_count nats_core_account_total_conn_count nats_core_account_leaf_count
     nats_core_account_sub_count nats_core_account_slow_consumer_count nats_core_account_bytes_sent*
     nats_core_account_bytes_recv* nats_core_account_msgs_sent* nats_core_account_msgs_recv*`,
  ],
  [ACCOUNT, 'nats_core_account_jetstream_stream_count'],
  [
    'cluster_name,jetstream_domain,leader,raft_group,server_id,server_name',
    'nats_core_jetstream_cluster_raft_group_info',
  ],
  [
    `${ACCOUNT},tier`,
    `nats_core_account_jetstream_tiered_memory_used nats_core_account_jetstream_tiered_memory_reserved
     nats_core_account_jetstream_tiered_storage_used nats_core_account_jetstream_tiered_storage_reserved`,
  ],
  [
    `${ACCOUNT},raft_group,stream`,
    'nats_core_account_jetstream_consumer_count nats_core_account_jetstream_replica_count',
  ],
  [
    STREAM,
    `nats_stream_total_messages nats_stream_total_bytes nats_stream_first_seq nats_stream_last_seq
     nats_stream_consumer_count nats_stream_subject_count`,
  ],
  [
    CONSUMER,
    `nats_consumer_delivered_consumer_seq nats_consumer_delivered_stream_seq
     nats_consumer_ack_floor_consumer_seq nats_consumer_ack_floor_stream_seq
     nats_consumer_num_ack_pending nats_consumer_num_pending nats_consumer_num_redelivered
     nats_consumer_num_waiting`,
  ],
];

test('names, labels and types of nats-surveyor, from leaders only', {
  timeout: 120_000,
}, async () => {
  await using cluster = await startCluster({ nodes: 3 });
  await using client = await connect({ servers: [...cluster.urls] });
  const manager = await jetstreamManager(client);
  await waitFor(
    () => manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'], num_replicas: 3 }),
    { message: 'the stream' },
  );
  const limits = { storage: 'memory', max_bytes: 5_000 } as const;
  await waitFor(() => manager.streams.add({ name: 'CACHE', subjects: ['cache'], ...limits }), {
    message: 'another stream',
  });
  await manager.consumers.add('ORDERS', { durable_name: 'payment', ack_policy: 'explicit' });
  for (const id of ['1', '2']) {
    await waitFor(() => jetstream(client).publish('orders.x', id, { msgID: id }), {
      message: 'an ack',
    });
  }
  await using exporter = await startExporter({
    host: '127.0.0.1',
    port: 0,
    servers: cluster.monitorUrls,
    endpoints: new Set(),
    native: { intervalMs: 200, names: 'surveyor' },
    limits: { timeoutMs: 2_000 },
  });
  let seen = await scrape(exporter.url);
  await waitFor(
    async () => {
      seen = ofServers(await scrape(exporter.url));
      return only(seen, 'nats_consumer_num_pending').some(([, value]) => value === 2);
    },
    { message: 'the backlog' },
  );
  assert.deepEqual(shapeOf(seen), expectedShape());
  assert.equal(only(seen, 'nats_consumer_num_pending').length, 1);
  const ofOrders = (name: string) =>
    only(seen, name).find(([key]) => key.includes('"ORDERS"'))?.[1];
  assert.equal(ofOrders('nats_stream_total_messages'), 2);
  assert.equal(ofOrders('nats_core_account_jetstream_replica_count'), 3);
  const [[tierKey, reserved] = ['', 0]] = only(
    seen,
    'nats_core_account_jetstream_tiered_memory_reserved',
  );
  assert.equal(reserved, 5_000);
  assert.match(tierKey, /tier="R1"/);
  const [[fileKey, used] = ['', 0]] = only(seen, 'nats_core_account_jetstream_tiered_storage_used');
  assert.match(fileKey, /tier="R3"/);
  assert.ok(used > 0);
  assert.ok(only(seen, 'nats_core_rtt_nanoseconds').every(([, value]) => value > 1_000));
  // Each server has two others, whatever the size of its pool.
  assert.equal(only(seen, 'nats_core_route_pending_bytes').length, 6);
  const leads = only(seen, 'nats_core_jetstream_cluster_raft_group_leader');
  assert.deepEqual(leads.map(([, value]) => value).toSorted(), [0, 0, 1]);
  // nats-surveyor has them in each other's label.
  for (const [key] of only(seen, 'nats_core_raftz_meta_applied')) {
    assert.match(key, /cluster_name="hub",server_id="N[A-Z2-7]{55}",server_name="hub-\d"/);
  }
  assert.equal(only(seen, 'nats_core_raftz_meta_applied').length, 3);
  assert.ok(only(seen, 'nats_core_raftz_meta_pindex').every(([, value]) => value > 0));
  assert.equal(seen.samples.get('nats_survey_surveyed_count{}'), 3);

  await cluster.servers[2]!.kill();
  await waitFor(
    async () => {
      seen = ofServers(await scrape(exporter.url));
      return seen.samples.get('nats_survey_surveyed_count{}') === 2;
    },
    { message: 'a server less' },
  );
  assert.equal(seen.samples.get('nats_survey_expected_count{}'), 3);
  assert.equal(only(seen, 'nats_core_mem_bytes').length, 2);
});

const only = ({ samples }: Scrape, name: string): [key: string, value: number][] =>
  [...samples].filter(([key]) => key.startsWith(`${name}{`));

/** Labels and type by name. */
function shapeOf({ samples, types }: Scrape): Record<string, string> {
  const shape = new Map<string, string>();
  for (const key of samples.keys()) {
    const name = key.slice(0, key.indexOf('{'));
    const labels = [...key.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)].map(([, label]) => label);
    shape.set(name, `${types.get(name)} ${labels.join(',')}`);
  }
  return sorted(shape);
}

function expectedShape(): Record<string, string> {
  const shape = new Map<string, string>();
  for (const [labels, names] of CATALOGUE) {
    for (const name of names.split(/\s+/)) {
      shape.set(name.replace('*', ''), `${name.endsWith('*') ? 'counter' : 'gauge'} ${labels}`);
    }
  }
  return sorted(shape);
}

const sorted = (map: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries([...map].toSorted(([one], [other]) => (one < other ? -1 : 1)));
