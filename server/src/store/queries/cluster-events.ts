import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

export interface ClusterEventHead {
  time: string;
  kind: string;
  source: 'server' | 'advisory' | 'monitor';
  server: string;
  account: string;
  connection: string;
  /** '0' for none. */
  cid: string;
  stream: string;
  consumer: string;
  /** '0' for none. */
  streamSequence: string;
  /** 0 for not said. */
  deliveries: number;
  reason: string;
}

/** Events of servers and JetStream advisories in one line of time, newest first, at most `limit`. */
export function clusterEvents(
  database: Database,
  args: Bounds & { kind: string; server: string; stream: string; limit: number },
): Promise<ClusterEventHead[]> {
  return database.query<ClusterEventHead>({
    tag: 'cluster-events',
    sql: `SELECT toString(toUnixTimestamp64Nano(at)) AS time, kind, source, server, account,
        connection, cid, stream, consumer, toString(seq) AS streamSequence, deliveries, reason
      FROM (
        SELECT cluster_events.time AS at, id, kind, source, server, account, connection,
          toString(cluster_events.cid) AS cid, '' AS stream, '' AS consumer, toUInt64(0) AS seq,
          toUInt32(0) AS deliveries, reason
        FROM cluster_events WHERE ${within('cluster_events.time')}
        UNION ALL
        SELECT advisories.time AS at, id, kind, 'advisory' AS source, '' AS server,
          JSONExtractString(raw, 'account') AS account, '' AS connection, '0' AS cid, stream,
          consumer, stream_seq AS seq, advisories.deliveries AS deliveries, reason
        FROM advisories WHERE ${within('advisories.time')}
      )
      WHERE ({kind:String} = '' OR kind = {kind:String})
        AND ({server:String} = '' OR server = {server:String})
        AND ({stream:String} = '' OR stream = {stream:String})
      ORDER BY at DESC, id LIMIT 1 BY id LIMIT {limit:UInt32}`,
    params: {
      ...boundParams(args),
      kind: args.kind,
      server: args.server,
      stream: args.stream,
      limit: args.limit,
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
