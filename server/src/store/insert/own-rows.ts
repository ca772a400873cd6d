import type { AdvisoryRow, AssetRow, ClusterEventRow, HopRow } from '@hopline/model';
import type { Adapter } from './adapter.ts';
import { idBytes } from './attribute.ts';

/** How a field stands in the row's JSON, and what it becomes. */
type Field =
  | 'text'
  | 'texts'
  | 'uint64'
  | 'uint64s'
  | 'uint32'
  | 'int64'
  | 'number or null'
  | 'time'
  | 'trace_id'
  | 'span_id';

const IN_FILE: Record<Field, string> = {
  text: 'String',
  texts: 'Array(String)',
  uint64: 'UInt64',
  uint64s: 'Array(UInt64)',
  uint32: 'UInt32',
  int64: 'Int64',
  'number or null': 'Nullable(Float64)',
  time: 'Int64',
  trace_id: 'String',
  span_id: 'String',
};

const expression = (name: string, field: Field): string => {
  if (field === 'time') return `fromUnixTimestamp64Nano(${name}, 'UTC')`;
  if (field === 'trace_id') return idBytes(`unhex(${name})`, 16);
  if (field === 'span_id') return idBytes(`unhex(${name})`, 8);
  return name;
};

const HOP: Record<keyof HopRow, Field> = {
  time: 'time',
  trace_id: 'trace_id',
  span_id: 'span_id',
  server_id: 'text',
  server_name: 'text',
  cluster: 'text',
  domain: 'text',
  version: 'text',
  hop: 'text',
  expects: 'texts',
  ingress_kind: 'text',
  ingress_cid: 'text',
  ingress_name: 'text',
  account: 'text',
  subject: 'text',
  size_bytes: 'uint32',
  error: 'text',
  stream: 'text',
  store_time: 'uint64',
  store_error: 'text',
  change_kind: 'texts',
  change_time: 'uint64s',
  change_account: 'texts',
  change_from: 'texts',
  change_to: 'texts',
  egress_kind: 'texts',
  egress_time: 'uint64s',
  egress_cid: 'texts',
  egress_name: 'texts',
  egress_hop: 'texts',
  egress_account: 'texts',
  egress_subscription: 'texts',
  egress_queue: 'texts',
  egress_error: 'texts',
  raw: 'text',
};

const ADVISORY: Record<keyof AdvisoryRow, Field> = {
  time: 'time',
  id: 'text',
  kind: 'text',
  stream: 'text',
  consumer: 'text',
  stream_seq: 'uint64',
  consumer_seq: 'uint64',
  deliveries: 'uint32',
  reason: 'text',
  domain: 'text',
  raw: 'text',
};

const ASSET: Record<keyof AssetRow, Field> = {
  time: 'time',
  kind: 'text',
  account: 'text',
  domain: 'text',
  cluster: 'text',
  server_name: 'text',
  stream: 'text',
  consumer: 'text',
  subjects: 'texts',
  queue_group: 'text',
  messages: 'uint64',
  bytes: 'uint64',
  first_seq: 'uint64',
  last_seq: 'uint64',
  num_pending: 'uint64',
  num_ack_pending: 'uint64',
  num_redelivered: 'uint64',
  num_waiting: 'uint64',
  delivered_stream_seq: 'uint64',
  ack_floor_stream_seq: 'uint64',
  last_ack_time: 'uint64',
  max_deliver: 'int64',
  retention: 'text',
  verdict: 'text',
  delivery_lag_seconds: 'number or null',
  completion_lag_seconds: 'number or null',
  lag_method: 'text',
};

const EVENT: Record<keyof ClusterEventRow, Field> = {
  time: 'time',
  id: 'text',
  kind: 'text',
  source: 'text',
  server: 'text',
  account: 'text',
  connection: 'text',
  cid: 'uint64',
  reason: 'text',
  raw: 'text',
};

export const adaptHops = (): Adapter => {
  const adapter = adaptRows('hops', HOP);
  return { ...adapter, columns: { ...adapter.columns, inserted: 'now()' } };
};
export const adaptAdvisories = (): Adapter => adaptRows('advisories', ADVISORY);
export const adaptEvents = (): Adapter => adaptRows('cluster_events', EVENT);
export const adaptAssets = (): Adapter => adaptRows('assets', ASSET);

/** One JSON object a line, its fields named as the columns. */
function adaptRows(table: string, fields: Record<string, Field>): Adapter {
  const entries = Object.entries(fields);
  return {
    table,
    format: 'JSONEachRow',
    structure: entries.map(([name, field]) => `${name} ${IN_FILE[field]}`).join(', '),
    settings: { input_format_skip_unknown_fields: 1 },
    columns: Object.fromEntries(entries.map(([name, field]) => [name, expression(name, field)])),
    from: (file) => `SELECT * FROM ${file}`,
  };
}
