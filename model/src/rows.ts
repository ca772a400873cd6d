/**
 * Rows that Hopline itself makes (spans, logs and metrics go to the engine as OTLP bytes). Field names
 * are the column names of `server/src/store/schema`. Times are Unix ns as decimal strings.
 */

/** One server message of nats-server's message tracing (ADR-41), one per server passed. */
export interface HopRow {
  time: string;
  /** Hex, 32 digits. Events without a usable `traceparent` are not stored. */
  trace_id: string;
  /** Hex, 16 digits: the publish span. */
  span_id: string;
  server_id: string;
  server_name: string;
  cluster: string;
  domain: string;
  version: string;
  hop: string;
  expects: string[];
  ingress_kind: string;
  ingress_cid: string;
  ingress_name: string;
  account: string;
  subject: string;
  size_bytes: number;
  error: string;
  stream: string;
  /** '0' when nothing was stored. */
  store_time: string;
  store_error: string;
  /** `mapping`, `stream-export`, `service-import`: how the server changed subject or account. */
  change_kind: string[];
  change_time: string[];
  /** Account that the message is in from here on; '' for a mapping. */
  change_account: string[];
  /** Subject before; '' where the server does not say. */
  change_from: string[];
  /** Subject after. */
  change_to: string[];
  egress_kind: string[];
  egress_time: string[];
  egress_cid: string[];
  egress_name: string[];
  egress_hop: string[];
  egress_account: string[];
  egress_subscription: string[];
  egress_queue: string[];
  egress_error: string[];
  /** The event as it came, JSON. */
  raw: string;
}

/** One JetStream advisory. */
export interface AdvisoryRow {
  time: string;
  /** The advisory's own id: a replay of it is the same row. */
  id: string;
  /** `max_deliver`, `nak`, `terminated`, ...: last token of the type `io.nats.jetstream.advisory.v1.*`. */
  kind: string;
  stream: string;
  consumer: string;
  stream_seq: string;
  consumer_seq: string;
  deliveries: number;
  reason: string;
  domain: string;
  raw: string;
}

/** What a NATS server told of itself or of a connection. */
export interface ClusterEventRow {
  time: string;
  /** The event's own id: a replay of it is the same row. */
  id: string;
  /** `connect`, `disconnect`, `auth error`, `shutdown`, `lame duck`, ... */
  kind: string;
  /** `server`, or `monitor` for what a sweep found out. */
  source: string;
  /** Server name. */
  server: string;
  account: string;
  /** Name of the connection, else its address; '' for events of servers. */
  connection: string;
  /** '0' for events of servers. */
  cid: string;
  reason: string;
  raw: string;
}

/** One stream or consumer as its leader reported it (`/jsz`). */
export interface AssetRow {
  time: string;
  kind: 'stream' | 'consumer';
  account: string;
  domain: string;
  cluster: string;
  /** Server that reported it: the leader. */
  server_name: string;
  stream: string;
  /** '' for a stream. */
  consumer: string;
  /** Subjects of a stream, filter subjects of a consumer. */
  subjects: string[];
  /** Deliver group of a push consumer. */
  queue_group: string;
  messages: string;
  bytes: string;
  first_seq: string;
  last_seq: string;
  num_pending: string;
  num_ack_pending: string;
  num_redelivered: string;
  num_waiting: string;
  delivered_stream_seq: string;
  ack_floor_stream_seq: string;
  /** Of a consumer: when its leader had the last ack, Unix ns; absent when not told. */
  last_ack_time?: string;
  /** -1 for unlimited. */
  max_deliver: number;
  /** limits | interest | workqueue, of a stream; absent for consumers. */
  retention?: string;
  /** Of a consumer, docs/message-model.md; absent for streams. */
  verdict?: string;
  /** Null when unknown. */
  delivery_lag_seconds?: number | null;
  completion_lag_seconds?: number | null;
  lag_method?: string;
}

/** Kinds of input: each has its own journal, statement and tables. */
export const SIGNALS = [
  'traces',
  'logs',
  'metrics',
  'hops',
  'advisories',
  'assets',
  'events',
] as const;
export type Signal = (typeof SIGNALS)[number];
