import type { Advisory, Hop } from '@hopline/model/api';
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
