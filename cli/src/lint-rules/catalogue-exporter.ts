import { COUNT, type Interval } from './interval.ts';
import type { Kind, Metric } from './metric.ts';

/** Names of prometheus-nats-exporter 0.20 on nats-server 2.9 to 2.15, and of `hopline exporter`. */

const S = ['server_id'];
/** Moments from 2001 to 2286 in seconds; servers outside of them have other troubles. */
const EPOCH_SECONDS: Interval = { low: 1e9, high: 1e10 };
const EPOCH_MS: Interval = { low: 1e12, high: 1e13 };
const FLAG: Interval = { low: 0, high: 1 };
const ONE: Interval = { low: 1, high: 1 };
/** From a limit's -1, which stands for no limit. */
const LIMIT: Interval = { low: -1, high: Number.POSITIVE_INFINITY };
/** No server can be set to less than a millisecond. */
const NANOSECONDS: Interval = { low: 1e6, high: Number.POSITIVE_INFINITY };

interface Shape extends Partial<Omit<Metric, 'name' | 'mode'>> {
  kind: Kind;
}

function metrics(start: string, names: string, shape: Shape): Metric[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => ({
      name: `${start}_${name}`,
      mode: 'exporter',
      unit: '',
      range: COUNT,
      labels: S,
      ...shape,
    }));
}

const setting = (name: string, byDefault?: number, shape: Partial<Shape> = {}): Metric[] =>
  metrics('gnatsd_varz', name, {
    kind: 'setting',
    ...(byDefault === undefined ? {} : { byDefault }),
    ...shape,
  });

const KINDS = ['clients', 'routes', 'gateways', 'leafs'];
const each = (start: string, ends: readonly string[]): string =>
  ends.map((end) => `${start}_${end}`).join(' ');

const VARZ: Metric[] = [
  ...metrics('gnatsd_varz', 'connections leafnodes remotes routes stalled_clients subscriptions', {
    kind: 'level',
  }).map((metric) => (metric.name.endsWith('stalled_clients') ? total(metric) : metric)),
  ...metrics('gnatsd_varz', 'mem', { kind: 'level', unit: 'bytes' }),
  ...metrics('gnatsd_varz', 'cpu', { kind: 'level', unit: 'percent', trap: 'percent of a core' }),
  ...metrics(
    'gnatsd_varz',
    `in_msgs out_msgs in_bytes out_bytes in_client_msgs out_client_msgs in_client_bytes
    out_client_bytes slow_consumers total_connections stale_connections
    ${each('slow_consumer_stats', KINDS)} ${each('stale_connection_stats', KINDS)}
    ${each('disk_io_wait_stats', ['waiters', 'waits', 'wait_time', 'max_wait_time'])}
    ${each('http_req_stats', [
      ...['varz', 'connz', 'routez', 'gatewayz', 'leafz', 'accountz', 'accstatz', 'jsz', 'healthz'],
      ...['subsz', 'stacksz', 'raftz', 'ipqueuesz'],
    ])}`,
    { kind: 'total' },
  ),
  ...metrics('gnatsd_varz', 'start config_load_time', {
    kind: 'time',
    unit: 'epoch milliseconds',
    range: EPOCH_MS,
  }),
  ...metrics('gnatsd_varz', each('jetstream_stats', ['api_errors', 'api_total']), {
    kind: 'total',
  }),
  ...metrics(
    'gnatsd_varz',
    `${each('jetstream_stats', ['accounts', 'api_inflight', 'ha_assets', 'memory', 'storage'])}
    ${each('jetstream_stats', ['reserved_memory', 'reserved_storage'])}
    ${each('jetstream_meta', ['cluster_size', 'pending', 'pending_infos', 'pending_requests'])}
    ${each('jetstream_meta', ['quorum_needed', 'snapshot_pending_entries', 'snapshot_pending_size'])}`,
    { kind: 'level' },
  ),
  ...setting('auth_timeout', 2, { unit: 'seconds' }),
  ...setting('tls_timeout', 2, { unit: 'seconds' }),
  ...setting('cluster_pool_size', 3),
  ...setting('max_connections', 65_536),
  ...setting('max_control_line', 4096, { unit: 'bytes' }),
  ...setting('max_payload', 1_048_576, { unit: 'bytes' }),
  ...setting('max_pending', 67_108_864, { unit: 'bytes' }),
  ...setting('max_subscriptions'),
  ...setting('ping_interval', 120e9, { unit: 'nanoseconds', range: NANOSECONDS }),
  ...setting('ping_max', 2),
  ...setting('write_deadline', 10e9, { unit: 'nanoseconds', range: NANOSECONDS }),
  ...setting('port', 4222),
  ...setting('proto', 1),
  ...setting('jetstream_config_sync_interval', 120e9, { unit: 'nanoseconds', range: NANOSECONDS }),
  ...setting(
    each('jetstream_limits', [
      ...['default_max_consumers', 'max_request_batch', 'max_ack_pending', 'max_ha_assets'],
      ...['duplicate_window', 'max_batch_inflight_per_stream', 'max_batch_inflight_total'],
      ...['max_batch_size', 'max_batch_timeout'],
    ]),
    undefined,
    { range: LIMIT },
  ),
  ...setting('cores gomaxprocs gomemlimit http_port https_port jetstream_stats_api_level'),
  ...setting('jetstream_config_max_memory jetstream_config_max_storage', undefined, {
    unit: 'bytes',
    range: LIMIT,
  }),
  ...metrics(
    'gnatsd_varz',
    `server_id server_name version cluster_name gateway_name jetstream_config_domain
    jetstream_meta_leader jetstream_meta_name`,
    { kind: 'text', range: ONE, labels: [...S, 'value'] },
  ),
];

function total(metric: Metric): Metric {
  return { ...metric, kind: 'total' };
}

const CONNECTION = [
  ...['cid', 'kind', 'type', 'ip', 'port', 'name', 'name_tag', 'account', 'account_id', 'lang'],
  ...['version', 'tls_version', 'tls_cipher_suite'],
];
const CONNZ: Metric[] = [
  ...metrics('gnatsd_connz', 'num_connections total offset limit', { kind: 'level' }),
  ...metrics('gnatsd_connz', 'pending_bytes subscriptions', {
    kind: 'level',
    labels: [...S, ...CONNECTION],
    trap: 'counted twice',
  }),
  ...metrics('gnatsd_connz', 'in_bytes out_bytes in_msgs out_msgs', {
    kind: 'total',
    labels: [...S, ...CONNECTION],
    trap: 'falls',
  }),
  ...metrics('gnatsd_connz', 'start last_activity', {
    kind: 'time',
    unit: 'epoch milliseconds',
    range: EPOCH_MS,
    labels: [...S, ...CONNECTION],
  }),
  ...metrics('gnatsd_connz', 'rtt', {
    kind: 'level',
    unit: 'microseconds',
    labels: [...S, ...CONNECTION],
  }),
  ...metrics('gnatsd_connz', 'idle uptime', {
    kind: 'level',
    unit: 'milliseconds',
    labels: [...S, ...CONNECTION],
  }),
];

const OTHER_CORE: Metric[] = [
  ...metrics('gnatsd_routez', 'num_routes', { kind: 'level' }),
  ...metrics('gnatsd_routez', 'server_id server_name', {
    kind: 'text',
    range: ONE,
    labels: [...S, 'value'],
  }),
  ...metrics('gnatsd_subsz', 'server_id', { kind: 'text', range: ONE, labels: [...S, 'value'] }),
  ...metrics('gnatsd_subsz', 'num_inserts num_matches num_removes', { kind: 'total' }),
  ...metrics(
    'gnatsd_subsz',
    'avg_fanout cache_hit_rate limit max_fanout num_cache num_subscriptions offset total',
    { kind: 'level' },
  ),
  ...['healthz', 'healthz_js_enabled_only', 'healthz_js_server_only'].flatMap((subsystem) => [
    ...metrics(`gnatsd_${subsystem}`, 'status', {
      kind: 'level',
      range: FLAG,
      trap: 'status inverted',
    }),
    ...metrics(`gnatsd_${subsystem}`, 'status_value', {
      kind: 'level',
      range: FLAG,
      labels: [...S, 'value'],
    }),
  ]),
  ...['inbound', 'outbound'].flatMap((way) => gateway(`gnatsd_gatewayz_${way}_gateway`)),
  ...metrics('gnatsd_leafz', 'conn_nodes_total', { kind: 'level' }),
  ...leaf('info', { kind: 'text', range: ONE }),
  ...leaf('conn_rtt', { kind: 'level', unit: 'seconds' }),
  ...leaf('conn_in_msgs conn_out_msgs conn_in_bytes conn_out_bytes', { kind: 'total' }),
  ...leaf('conn_subscriptions_total', { kind: 'level' }),
  ...accstatz('current_connections total_connections subscriptions leaf_nodes', 'level'),
  ...accstatz('sent_messages sent_bytes received_messages received_bytes slow_consumers', 'total'),
  ...metrics(
    'gnatsd_accountz',
    `client_connections leafnode_connections subscriptions is_system expired complete
    jetstream_enabled
    ${each('limit', ['subs', 'data', 'payload', 'imports', 'exports', 'wildcards', 'conn', 'leaf'])}`,
    { kind: 'level', range: LIMIT, labels: [...S, 'account_id', 'account_name'] },
  ),
];

function gateway(start: string): Metric[] {
  const labels = [...S, 'gateway_name', 'cid', 'remote_gateway_name'];
  return [
    ...metrics(start, 'configured', { kind: 'level', range: FLAG, labels }),
    ...metrics(start, 'conn_start_time_seconds conn_last_activity_seconds', {
      kind: 'time',
      unit: 'epoch seconds',
      range: EPOCH_SECONDS,
      labels,
    }),
    ...metrics(start, 'conn_uptime_seconds conn_idle_seconds conn_rtt', {
      kind: 'level',
      unit: 'seconds',
      labels,
    }),
    ...metrics(start, 'conn_pending_bytes conn_subscriptions', { kind: 'level', labels }),
    ...metrics(start, 'conn_in_msgs conn_out_msgs conn_in_bytes conn_out_bytes', {
      kind: 'total',
      labels,
    }),
  ];
}

function leaf(names: string, shape: Shape): Metric[] {
  const labels = [...S, 'account', 'account_id', 'ip', 'port', 'name'];
  return metrics('gnatsd_leafz', names, { ...shape, labels });
}

function accstatz(names: string, kind: Kind): Metric[] {
  const labels = [...S, 'account', 'account_id', 'account_name'];
  return metrics('gnatsd_accstatz', names, { kind, labels });
}

const SERVER = [...S, 'server_name', 'cluster', 'domain', 'meta_leader', 'is_meta_leader'];
const ACCOUNT = [...SERVER, 'account', 'account_name', 'account_id'];
const STREAM = [
  ...ACCOUNT,
  ...['stream_name', 'stream_leader', 'is_stream_leader', 'stream_raft_group'],
];
const CONSUMER = [
  ...STREAM,
  ...['consumer_name', 'consumer_leader', 'is_consumer_leader', 'consumer_desc'],
];

const JSZ: Metric[] = [
  ...metrics('jetstream_server', 'jetstream_disabled', {
    kind: 'level',
    range: FLAG,
    labels: SERVER,
  }),
  ...metrics('jetstream_server', 'max_memory max_storage', {
    kind: 'setting',
    range: LIMIT,
    labels: SERVER,
  }),
  ...metrics(
    'jetstream_server',
    'total_streams total_consumers total_messages total_message_bytes',
    { kind: 'level', labels: SERVER, trap: 'replicas counted' },
  ),
  ...metrics('jetstream_account', 'max_memory max_storage memory_used storage_used', {
    kind: 'level',
    range: LIMIT,
    labels: ACCOUNT,
  }),
  ...stream('total_messages total_bytes consumer_count subject_count', { kind: 'level' }),
  ...stream('first_seq last_seq', { kind: 'total' }),
  ...stream('limit_bytes limit_messages', { kind: 'setting', byDefault: -1, range: LIMIT }),
  ...['source', 'mirror'].flatMap((role) => {
    const labels = [...STREAM, `${role}_name`, `${role}_api`, `${role}_deliver`];
    return [
      ...stream(`${role}_lag`, { kind: 'level', labels }),
      ...stream(`${role}_active_duration_ns`, {
        kind: 'level',
        unit: 'nanoseconds',
        range: LIMIT,
        labels,
      }),
    ];
  }),
  ...consumer(
    'delivered_consumer_seq delivered_stream_seq ack_floor_consumer_seq ack_floor_stream_seq',
    'total',
  ),
  ...consumer('num_pending num_ack_pending num_redelivered num_waiting', 'level'),
  ...consumer('last_delivery_seconds last_ack_seconds', 'level', 'seconds'),
];

function stream(names: string, shape: Shape): Metric[] {
  return metrics('jetstream_stream', names, {
    labels: STREAM,
    leaderLabel: 'is_stream_leader',
    hasMetaLabels: true,
    ...shape,
  });
}

function consumer(names: string, kind: Kind, unit = ''): Metric[] {
  return metrics('jetstream_consumer', names, {
    kind,
    unit,
    labels: CONSUMER,
    leaderLabel: 'is_consumer_leader',
    hasMetaLabels: true,
  });
}

const OF_THE_EXPORTER: Metric[] = [
  ...metrics('hopline_exporter_server', 'up', { kind: 'level', range: FLAG }),
  ...metrics('hopline_exporter_server', 'last_success_timestamp_seconds', {
    kind: 'time',
    unit: 'epoch seconds',
    range: EPOCH_SECONDS,
  }),
  ...metrics('hopline_exporter_endpoint', 'up', {
    kind: 'level',
    range: FLAG,
    labels: [...S, 'endpoint'],
  }),
  ...metrics('hopline_exporter_endpoint', 'duration_seconds', {
    kind: 'level',
    unit: 'seconds',
    labels: [...S, 'endpoint'],
  }),
  ...metrics('hopline_exporter_endpoint', 'age_seconds', {
    kind: 'level',
    unit: 'seconds',
    labels: [...S, 'endpoint'],
  }),
  ...metrics('hopline_exporter_endpoint', 'error', {
    kind: 'text',
    range: ONE,
    labels: [...S, 'endpoint', 'reason'],
  }),
  ...metrics('hopline_exporter_endpoint', 'errors_total', {
    kind: 'total',
    labels: [...S, 'endpoint', 'reason'],
  }),
  ...metrics('hopline_exporter', 'scrapes_total', { kind: 'total', labels: [] }),
  ...metrics('hopline_exporter', 'nats_connected', { kind: 'level', range: FLAG, labels: [] }),
  ...metrics('hopline_exporter', 'sweep_age_seconds', {
    kind: 'level',
    labels: [],
    unit: 'seconds',
  }),
];

export const EXPORTER_METRICS: readonly Metric[] = [
  ...VARZ,
  ...CONNZ,
  ...OTHER_CORE,
  ...JSZ,
  ...OF_THE_EXPORTER,
];
