import type { HopRow } from '@hopline/model';
import type { Database } from '../database.ts';
import { type Bounds, boundParams, idIn, within } from './bounds.ts';

/** A hop without the event it came from. */
export type HopHead = Omit<HopRow, 'raw'>;

/** Server hops of the given traces in order of time, each once, at most `limit`. */
export function traceHops(
  database: Database,
  args: Bounds & { traceIds: readonly string[]; limit: number },
): Promise<HopHead[]> {
  if (args.traceIds.length === 0) return Promise.resolve([]);
  return database.query<HopHead>({
    tag: 'trace-hops',
    sql: `SELECT toUnixTimestamp64Nano(time) AS time, lower(hex(trace_id)) AS trace_id,
        lower(hex(span_id)) AS span_id, server_id, server_name, cluster, domain, version, hop,
        expects, ingress_kind, ingress_cid, ingress_name, account, subject, size_bytes, error,
        stream, store_time, store_error, change_kind,
        change_time, change_account, change_from,
        change_to, egress_kind,
        egress_time, egress_cid, egress_name,
        egress_hop, egress_account, egress_subscription, egress_queue, egress_error
      FROM hops
      WHERE ${idIn('hops.trace_id', 'traces', 16)} AND ${within('hops.time')}
      ORDER BY hops.time
      LIMIT 1 BY hops.trace_id, hops.span_id, server_id, hop LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), traces: args.traceIds, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
