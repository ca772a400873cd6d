import { COUNT, type Interval } from './interval.ts';
import type { Kind, Metric } from './metric.ts';

/** Names of nats-surveyor 0.9. */

const SERVER = ['server_cluster', 'server_name', 'server_id'];
const JETSTREAM = ['server_id', 'server_name', 'cluster_name'];
const ACCOUNT = ['account', 'account_name'];
const GATEWAYZ = [
  'server_id',
  'server_name',
  'gateway_name',
  'remote_gateway_name',
  'gateway_id',
  'cid',
];
const FLAG: Interval = { low: 0, high: 1 };

interface Shape {
  kind: Kind;
  labels: readonly string[];
  unit?: string;
  range?: Interval;
  leaderLabel?: string;
}

const metrics = (start: string, names: string, shape: Shape): Metric[] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => ({
      name: `${start}_${name}`,
      mode: 'surveyor',
      unit: '',
      range: COUNT,
      ...shape,
    }));

const ways = (ends: string): string =>
  ['client', 'leaf', 'route', 'gateway']
    .flatMap((kind) => ends.split(' ').map((end) => `${kind}_${end}`))
    .join(' ');

const CORE: Metric[] = [
  ...metrics('nats', 'up', { kind: 'level', range: FLAG, labels: [] }),
  ...metrics('nats_survey', 'surveyed_count expected_count', { kind: 'level', labels: [] }),
  ...metrics('nats_survey', 'poll_error_count duration_seconds_sum duration_seconds_count', {
    kind: 'total',
    labels: [],
  }),
  ...metrics('nats_survey', 'late_replies_count', { kind: 'total', labels: ['timeout'] }),
  ...metrics('nats_survey', 'no_replies_count', { kind: 'total', labels: ['expected'] }),
  ...metrics('nats_survey', 'nats_reconnects', { kind: 'total', labels: ['name'] }),
  ...metrics('nats_core', 'account_count', { kind: 'level', labels: [] }),
  ...metrics('nats_core', 'info', {
    kind: 'text',
    range: { low: 1, high: 1 },
    labels: [...SERVER, 'server_version'],
  }),
  ...metrics('nats_core', 'start_time', {
    kind: 'time',
    unit: 'epoch nanoseconds',
    range: { low: 1e18, high: 1e19 },
    labels: SERVER,
  }),
  ...metrics(
    'nats_core',
    `uptime mem_bytes go_memlimit_bytes core_count cpu_percentage connection_count
    active_account_count subs_count rtt_nanoseconds route_count gateway_count`,
    { kind: 'level', labels: SERVER },
  ),
  ...metrics(
    'nats_core',
    `total_connection_count sent_msgs_count sent_bytes recv_msgs_count recv_bytes
    slow_consumer_count`,
    { kind: 'total', labels: SERVER },
  ),
  ...metrics(
    'nats_core',
    'route_sent_msg_count route_sent_bytes route_recv_msg_count route_recv_bytes',
    { kind: 'total', labels: [...SERVER, 'server_route_name', 'server_route_name_id'] },
  ),
  ...metrics('nats_core', 'route_pending_bytes', {
    kind: 'level',
    labels: [...SERVER, 'server_route_name', 'server_route_name_id'],
  }),
  ...metrics(
    'nats_core',
    'gateway_sent_msgs_count gateway_sent_bytes gateway_recv_msg_count gateway_recv_bytes',
    { kind: 'total', labels: [...SERVER, 'server_gateway_name', 'server_gateway_name_id'] },
  ),
  ...metrics('nats_core', 'gateway_inbound_msg_count', {
    kind: 'level',
    labels: [...SERVER, 'server_gateway_name', 'server_gateway_name_id'],
  }),
];

const OF_GATEWAYS: Metric[] = ['outbound', 'inbound'].flatMap((way) => {
  const start = `nats_core_gatewayz_${way}_gateway`;
  return [
    ...metrics(start, 'configured', { kind: 'level', range: FLAG, labels: GATEWAYZ }),
    ...metrics(start, 'conn_last_activity_seconds', {
      kind: 'time',
      unit: 'epoch seconds',
      range: { low: 1e9, high: 1e10 },
      labels: GATEWAYZ,
    }),
    ...metrics(
      start,
      'conn_uptime_seconds conn_idle_seconds conn_rtt conn_pending_bytes conn_subscriptions',
      { kind: 'level', labels: GATEWAYZ },
    ),
    ...metrics(start, 'conn_in_msgs conn_out_msgs conn_in_bytes conn_out_bytes', {
      kind: 'total',
      labels: GATEWAYZ,
    }),
  ];
});

const OF_JETSTREAM: Metric[] = [
  ...metrics('nats_core', 'jetstream_info', {
    kind: 'text',
    range: { low: 1, high: 1 },
    labels: [
      'server_name',
      'server_host',
      'server_id',
      'server_cluster',
      'server_domain',
      'server_version',
      'server_jetstream',
    ],
  }),
  ...metrics('nats_core_jetstream', 'cluster_raft_group_info', {
    kind: 'text',
    range: FLAG,
    labels: [...JETSTREAM, 'jetstream_domain', 'raft_group', 'leader'],
  }),
  ...metrics('nats_core_jetstream_cluster_raft_group_replica_peer', 'active', {
    kind: 'level',
    labels: [...JETSTREAM, 'peer'],
  }),
  ...metrics('nats_core_jetstream_cluster_raft_group_replica_peer', 'current offline', {
    kind: 'level',
    range: FLAG,
    labels: [...JETSTREAM, 'peer'],
  }),
  ...metrics('nats_core_jetstream_meta_snapshot', 'last_duration_seconds', {
    kind: 'level',
    labels: JETSTREAM,
  }),
  ...metrics('nats_core_jetstream_meta_snapshot', 'last_timestamp_seconds', {
    kind: 'time',
    unit: 'epoch seconds',
    range: { low: 1e9, high: 1e10 },
    labels: JETSTREAM,
  }),
  ...metrics('nats_core_raftz_meta', 'committed applied pindex', {
    kind: 'total',
    labels: JETSTREAM,
  }),
  ...metrics(
    'nats_core_account_jetstream_tiered',
    'memory_used storage_used memory_reserved storage_reserved',
    { kind: 'level', labels: [...ACCOUNT, 'tier'] },
  ),
  ...metrics('nats_core_account_jetstream', 'consumer_count replica_count', {
    kind: 'level',
    labels: [...ACCOUNT, 'stream', 'raft_group'],
  }),
  ...metrics('nats_core_jetstream', 'enabled server_jetstream_disabled', {
    kind: 'level',
    range: FLAG,
    labels: JETSTREAM,
  }),
  ...metrics(
    'nats_core_jetstream',
    `filestore_size_bytes filestore_used_bytes filestore_reserved_bytes memstore_size_bytes
    memstore_used_bytes memstore_reserved_bytes accounts ha_assets api_pending
    cluster_raft_group_size cluster_raft_group_leader cluster_raft_group_replicas
    meta_snapshot_pending_entries meta_snapshot_pending_bytes server_total_streams
    server_total_consumers server_total_stream_leaders server_total_consumer_leaders
    server_total_messages server_total_message_bytes server_max_memory server_max_storage`,
    { kind: 'level', labels: JETSTREAM },
  ),
  ...metrics('nats_core_jetstream', 'api_requests api_errors', {
    kind: 'total',
    labels: JETSTREAM,
  }),
  ...metrics(
    'nats_core_account',
    'conn_count total_conn_count leaf_count sub_count slow_consumer_count',
    { kind: 'level', labels: [...SERVER, ...ACCOUNT] },
  ),
  ...metrics(
    'nats_core_account',
    `bytes_sent bytes_recv msgs_sent msgs_recv ${ways('bytes_sent bytes_recv msgs_sent msgs_recv')}`,
    { kind: 'total', labels: [...SERVER, ...ACCOUNT] },
  ),
  ...metrics(
    'nats_core_account_jetstream',
    'enabled memory_used storage_used memory_reserved storage_reserved stream_count',
    { kind: 'level', labels: ACCOUNT },
  ),
  ...perStream('total_messages total_bytes consumer_count subject_count', 'level'),
  ...perStream('first_seq last_seq', 'total'),
  ...perConsumer('num_ack_pending num_pending num_redelivered num_waiting', 'level'),
  ...perConsumer(
    'delivered_consumer_seq delivered_stream_seq ack_floor_consumer_seq ack_floor_stream_seq',
    'total',
  ),
];

function perStream(names: string, kind: Kind): Metric[] {
  const labels = [...ACCOUNT, 'cluster_name', 'raft_group', 'server_id', 'server_name', 'stream'];
  return metrics('nats_stream', names, { kind, labels: [...labels, 'stream_leader'] });
}

function perConsumer(names: string, kind: Kind): Metric[] {
  const labels = [...ACCOUNT, 'cluster_name', 'raft_group', 'server_id', 'server_name', 'stream'];
  return metrics('nats_consumer', names, {
    kind,
    labels: [...labels, 'stream_leader', 'consumer_name', 'consumer_leader'],
  });
}

const PER_CONSUMER = ['account', 'stream', 'consumer'];
const ADVISORIES: Metric[] = [
  ...metrics(
    'nats_jetstream',
    `delivery_exceeded_count delivery_terminated_count consumer_nak acknowledgement_deliveries
    acknowledgement_duration_bucket acknowledgement_duration_sum acknowledgement_duration_count`,
    { kind: 'total', labels: [...PER_CONSUMER, 'le'] },
  ),
  ...metrics(
    'nats_jetstream',
    'consumer_leader_elected consumer_quorum_lost stream_leader_elected stream_quorum_lost',
    { kind: 'total', labels: PER_CONSUMER },
  ),
  ...metrics('nats_jetstream', 'consumer_actions stream_actions', {
    kind: 'total',
    labels: ['account', 'stream', 'action'],
  }),
  ...metrics('nats_jetstream', 'advisory_count', { kind: 'level', labels: [] }),
  ...metrics('nats_latency', 'observations_count', { kind: 'level', labels: [] }),
  ...metrics('nats_jetstream', 'unknown_advisories', {
    kind: 'total',
    labels: ['account', 'schema'],
  }),
  ...metrics(
    'nats_jetstream',
    `snapshot_size_bytes restore_created_count restore_size_bytes
    ${['snapshot_duration', 'restore_duration']
      .flatMap((name) => [`${name}_bucket`, `${name}_sum`, `${name}_count`])
      .join(' ')}`,
    { kind: 'total', labels: ['account', 'stream', 'le'] },
  ),
  ...metrics('nats_jetstream', 'total_advisories advisory_parse_errors api_audit', {
    kind: 'total',
    labels: ['account', 'subject'],
  }),
  ...metrics(
    'nats_latency',
    `observations_received_count observation_status_count observation_error_count
    ${['service_duration', 'total_duration', 'requestor_rtt', 'responder_rtt', 'system_rtt']
      .flatMap((name) => [`${name}_bucket`, `${name}_sum`, `${name}_count`])
      .join(' ')}`,
    { kind: 'total', labels: ['service', 'app', 'account', 'status', 'le'] },
  ),
];

export const SURVEYOR_METRICS: readonly Metric[] = [
  ...CORE,
  ...OF_GATEWAYS,
  ...OF_JETSTREAM,
  ...ADVISORIES,
];
