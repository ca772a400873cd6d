import { ATTR } from '@hopline/model';
import { hexId } from './bounds.ts';

/** A span without its maps: what conclusions about messages are drawn from. Times are Unix ns. */
export interface SpanHead {
  trace_id: string;
  span_id: string;
  /** '' for a root. */
  parent_span_id: string;
  start: string;
  duration_ns: string;
  kind: 'UNSPECIFIED' | 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  status: 'UNSET' | 'OK' | 'ERROR';
  status_message: string;
  error_type: string;
  name: string;
  service: string;
  instance: string;
  operation_name: string;
  operation_type: string;
  subject: string;
  subject_pattern: string;
  stream: string;
  consumer: string;
  queue_group: string;
  /** '0' when not told; so are the next three. */
  stream_seq: string;
  delivery_count: number;
  store_time: string;
  receive_time: string;
  disposition: string;
  message_key: string;
  body_size: number;
  /** Name of the NATS connection. */
  connection: string;
  /** The linked contexts, in parallel. */
  link_trace_ids: string[];
  link_span_ids: string[];
  /** Stream sequence told on each link of a batch; '' when not told. */
  link_sequences: string[];
}

/** Columns of SpanHead, in a SELECT from `spans`. */
export const SPAN_HEAD_COLUMNS = `
  lower(hex(trace_id)) AS trace_id, lower(hex(span_id)) AS span_id,
  ${hexId('parent_span_id', 8)} AS parent_span_id,
  toUnixTimestamp64Nano(start) AS start, duration_ns,
  kind, status, status_message, error_type, name, service, instance,
  operation_name, operation_type, subject, subject_pattern, stream, consumer, queue_group,
  stream_seq, delivery_count,
  store_time, receive_time,
  disposition, message_key, body_size, connection,
  arrayMap(x -> lower(hex(x)), links.trace_id) AS link_trace_ids,
  arrayMap(x -> lower(hex(x)), links.span_id) AS link_span_ids,
  arrayMap(x -> x['${ATTR.streamSequence}'], links.attributes) AS link_sequences`;
