/** Rows for tests: each builder fills in what a test does not care about. */
import type { AssetRow } from '@hopline/model';
import type { AdvisoryHead, HopHead, SpanHead } from '../store/store.ts';

/** 2026-01-01T00:00:00Z */
export const EPOCH = 1_767_225_600_000_000_000n;
export const TRACE = '0af7651916cd43dd8448eb211c80319c';
export const OTHER_TRACE = 'f0f7651916cd43dd8448eb211c80319c';

export const spanId = (number: number): string => number.toString(16).padStart(16, '0');
/** `ms` after EPOCH, as a column value. */
export const at = (ms: number): string => String(EPOCH + BigInt(Math.round(ms * 1e6)));

/** Start and duration in ms, the rest as columns. */
export type SpanInput = Partial<Omit<SpanHead, 'start' | 'duration_ns'>> & {
  startMs: number;
  durationMs?: number;
};

export function spanRow({ startMs, durationMs = 1, ...columns }: SpanInput): SpanHead {
  return {
    trace_id: TRACE,
    span_id: spanId(1),
    parent_span_id: '',
    kind: 'INTERNAL',
    status: 'UNSET',
    status_message: '',
    error_type: '',
    name: '',
    service: 'svc',
    instance: 'i1',
    operation_name: '',
    operation_type: '',
    subject: '',
    subject_pattern: '',
    stream: '',
    consumer: '',
    queue_group: '',
    stream_seq: '0',
    delivery_count: 0,
    store_time: '0',
    receive_time: '0',
    disposition: '',
    message_key: '',
    body_size: 0,
    connection: '',
    link_trace_ids: [],
    link_span_ids: [],
    link_sequences: [],
    ...columns,
    start: at(startMs),
    duration_ns: String(Math.round(durationMs * 1e6)),
  };
}

export const publishRow = (columns: SpanInput): SpanHead =>
  spanRow({
    kind: 'PRODUCER',
    operation_name: 'publish',
    operation_type: 'send',
    subject: 'orders.created',
    subject_pattern: columns.subject ?? 'orders.created',
    service: 'gateway',
    connection: columns.service ?? 'gateway',
    ...columns,
  });

/** A handler; by default a child of the span that `publishRow` makes by default. */
export const processRow = (columns: SpanInput): SpanHead =>
  spanRow({
    span_id: spanId(2),
    parent_span_id: spanId(1),
    kind: 'CONSUMER',
    operation_name: 'process',
    operation_type: 'process',
    subject: 'orders.created',
    subject_pattern: columns.subject ?? 'orders.created',
    service: 'payment',
    connection: columns.service ?? 'payment',
    ...columns,
  });

export const settleRow = (columns: SpanInput): SpanHead =>
  spanRow({
    span_id: spanId(3),
    parent_span_id: spanId(2),
    kind: 'CLIENT',
    operation_name: columns.disposition ?? 'ack',
    operation_type: 'settle',
    disposition: 'ack',
    service: 'payment',
    durationMs: 0.01,
    ...columns,
  });

export interface EgressInput {
  kind: string;
  timeMs: number;
  cid?: string;
  name?: string;
  hop?: string;
  subscription?: string;
  queue?: string;
  error?: string;
}

export function hopRow(
  columns: Partial<HopHead> & { timeMs: number; egresses?: EgressInput[] },
): HopHead {
  const { timeMs, egresses = [], ...rest } = columns;
  return {
    trace_id: TRACE,
    span_id: spanId(1),
    server_id: 'S1',
    server_name: 'n1',
    cluster: 'hub',
    domain: '',
    version: '2.15.1',
    hop: '',
    expects: [],
    ingress_kind: 'client',
    ingress_cid: '7',
    ingress_name: 'gateway',
    account: 'APP',
    subject: 'orders.created',
    size_bytes: 100,
    error: '',
    stream: '',
    store_time: '0',
    store_error: '',
    change_kind: [],
    change_time: [],
    change_account: [],
    change_from: [],
    change_to: [],
    egress_kind: egresses.map((one) => one.kind),
    egress_time: egresses.map((one) => at(one.timeMs)),
    egress_cid: egresses.map((one, index) => one.cid ?? String(100 + index)),
    egress_name: egresses.map((one) => one.name ?? ''),
    egress_hop: egresses.map((one) => one.hop ?? ''),
    egress_account: egresses.map(() => ''),
    egress_subscription: egresses.map((one) => one.subscription ?? ''),
    egress_queue: egresses.map((one) => one.queue ?? ''),
    egress_error: egresses.map((one) => one.error ?? ''),
    ...rest,
    time: at(timeMs),
  };
}

export const advisoryRow = (columns: Partial<AdvisoryHead>): AdvisoryHead => ({
  time: at(1_000),
  id: 'A1',
  kind: 'max_deliver',
  stream: 'ORDERS',
  consumer: 'payment',
  stream_seq: '7',
  consumer_seq: '9',
  deliveries: 3,
  reason: '',
  domain: '',
  ...columns,
});

export const assetRow = (columns: Partial<AssetRow>): AssetRow => ({
  time: at(0),
  kind: 'consumer',
  account: 'APP',
  domain: '',
  cluster: 'hub',
  server_name: 'n1',
  stream: 'ORDERS',
  consumer: 'payment',
  subjects: [],
  queue_group: '',
  messages: '0',
  bytes: '0',
  first_seq: '1',
  last_seq: '10',
  num_pending: '0',
  num_ack_pending: '0',
  num_redelivered: '0',
  num_waiting: '0',
  delivered_stream_seq: '0',
  ack_floor_stream_seq: '0',
  max_deliver: -1,
  ...columns,
});
