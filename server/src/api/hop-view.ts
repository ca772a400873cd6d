import { ATTR } from '@hopline/model';
import type { Advisory, Hop, Span } from '@hopline/model/api';
import { type HopSpan, SERVER_SCOPE, SERVER_SERVICE } from '../insight/hop-spans.ts';
import type { AdvisoryHead, HopHead } from '../store/store.ts';

/** A server hop as the contract shows it: the parallel columns become one list of egresses. */
export function hopView(row: HopHead): Hop {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    server: row.server_name,
    serverId: row.server_id,
    cluster: row.cluster,
    domain: row.domain,
    version: row.version,
    hop: row.hop,
    expects: row.expects,
    ingressKind: row.ingress_kind,
    ingressName: row.ingress_name,
    account: row.account,
    subject: row.subject,
    sizeBytes: row.size_bytes,
    time: row.time,
    error: row.error,
    stream: row.stream,
    storeTime: row.store_time === '0' ? null : row.store_time,
    storeError: row.store_error,
    changes: row.change_kind.map((kind, index) => ({
      kind,
      time: row.change_time[index] ?? '0',
      account: row.change_account[index] ?? '',
      from: row.change_from[index] ?? '',
      to: row.change_to[index] ?? '',
    })),
    egresses: row.egress_kind.map((kind, index) => ({
      kind,
      time: row.egress_time[index] ?? '0',
      connectionId: row.egress_cid[index] ?? '',
      name: row.egress_name[index] ?? '',
      hop: row.egress_hop[index] ?? '',
      account: row.egress_account[index] ?? '',
      subscription: row.egress_subscription[index] ?? '',
      queue: row.egress_queue[index] ?? '',
      error: row.egress_error[index] ?? '',
    })),
  };
}

export function serverSpanView(span: HopSpan): Span {
  const { traceId, spanId, parentSpanId, name, start, duration, error } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: 'INTERNAL',
    service: SERVER_SERVICE,
    instance: span.resource[ATTR.serviceInstanceId] ?? '',
    start,
    duration,
    status: error === '' ? 'UNSET' : 'ERROR',
    statusMessage: error,
    scope: SERVER_SCOPE,
    attributes: span.attributes,
    resource: span.resource,
    events: span.events,
    links: [],
  };
}

export function advisoryView(row: AdvisoryHead): Advisory {
  return {
    time: row.time,
    kind: row.kind,
    stream: row.stream,
    consumer: row.consumer,
    streamSequence: row.stream_seq,
    deliveries: row.deliveries,
    reason: row.reason,
  };
}
