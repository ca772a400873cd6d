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

/** Which events; '' is any. With a consumer also events that are of none. */
export interface EventFilter {
  kind: string;
  server: string;
  stream: string;
  consumer: string;
}

/** Events of servers and JetStream advisories, as columns of one table `at, id, kind, ...`. */
const FILTERED = `(
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
        AND ({consumer:String} = '' OR consumer IN ('', {consumer:String}))`;

/** In one line of time, newest first, at most `limit`. */
export function clusterEvents(
  database: Database,
  args: Bounds & EventFilter & { limit: number },
): Promise<ClusterEventHead[]> {
  const { kind, server, stream, consumer, limit } = args;
  return database.query<ClusterEventHead>({
    tag: 'cluster-events',
    sql: `SELECT toString(toUnixTimestamp64Nano(at)) AS time, kind, source, server, account,
        connection, cid, stream, consumer, toString(seq) AS streamSequence, deliveries, reason
      FROM ${FILTERED}
      ORDER BY at DESC, id LIMIT 1 BY id LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), kind, server, stream, consumer, limit },
    maxRows: limit,
    timeoutMs: args.timeoutMs,
  });
}

export interface EventCount {
  /** Start of the step, Unix ns. */
  time: string;
  kind: string;
  count: string;
}

/** Kinds of events are few: a kind more than this is left out. */
const MOST_KINDS = 100;

/** How many of each kind in every step of `stepNs` from the start of the range; steps without are left out. */
export function clusterEventCounts(
  database: Database,
  args: Bounds & EventFilter & { stepNs: bigint },
): Promise<EventCount[]> {
  const { from, to, kind, server, stream, consumer, stepNs } = args;
  return database.query<EventCount>({
    tag: 'cluster-event-counts',
    sql: `SELECT toString({from:Int64} + step * {stepNs:Int64}) AS time, kind,
        toString(uniqExact(id)) AS count
      FROM (
        SELECT id, kind, intDiv(toUnixTimestamp64Nano(at) - {from:Int64}, {stepNs:Int64}) AS step
        FROM ${FILTERED}
      )
      GROUP BY step, kind ORDER BY step, kind`,
    params: { ...boundParams(args), kind, server, stream, consumer, stepNs },
    maxRows: (Number((to - from) / stepNs) + 1) * MOST_KINDS,
    timeoutMs: args.timeoutMs,
  });
}
