import type { Database } from '../database.ts';
import { type Bounds, boundParams, hexId, within } from './bounds.ts';
import { internalParams, notInternal } from './subject-sql.ts';

export interface ClusterEventHead {
  time: string;
  kind: string;
  source: 'server' | 'advisory' | 'monitor' | 'service';
  server: string;
  account: string;
  connection: string;
  /** '0' for none. */
  cid: string;
  service: string;
  traceId: string;
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
  server: string;
  stream: string;
  consumer: string;
}

/** What servers and JetStream tell, as columns of one table `at, id, kind, ...`. */
const TOLD = `
        SELECT cluster_events.time AS at, id, kind, source, server, account, connection,
          toString(cluster_events.cid) AS cid, '' AS service, '' AS trace, '' AS stream, '' AS consumer,
          toUInt64(0) AS seq, toUInt32(0) AS deliveries, reason
        FROM cluster_events WHERE ${within('cluster_events.time')}
        UNION ALL
        SELECT advisories.time AS at, id, kind, 'advisory' AS source, '' AS server,
          JSONExtractString(raw, 'account') AS account, '' AS connection, '0' AS cid, '' AS service,
          '' AS trace, stream, consumer, stream_seq AS seq, advisories.deliveries AS deliveries, reason
        FROM advisories WHERE ${within('advisories.time')}`;

/** Errors of services: of handlers, publishes and requests that were served; each as often as it was told. */
const FAILED = `
          SELECT spans.start AS begun, spans.trace_id AS in_trace, spans.span_id AS in_span,
            multiIf(spans.kind = 'CONSUMER', 'handler_failed', spans.kind = 'PRODUCER', 'publish_failed',
              'request_failed') AS failure,
            spans.service AS who, spans.stream AS its_stream, spans.consumer AS its_consumer,
            stream_seq, delivery_count, if(status_message = '', toString(error_type), status_message) AS why
          FROM spans
          WHERE ${within('spans.start')} AND spans.status = 'ERROR'
            AND (spans.kind IN ('PRODUCER', 'SERVER') OR (spans.kind = 'CONSUMER' AND operation_type = 'process'))
            AND ${notInternal('spans.subject_pattern')}`;

const IS_WANTED = `
      WHERE ({server:String} = '' OR server = {server:String})
        AND ({stream:String} = '' OR stream = {stream:String})
        AND ({consumer:String} = '' OR consumer IN ('', {consumer:String}))`;

/** In one line of time, newest first, at most `limit`; `kind`: of these only, a comma between them, '' is any. */
export function clusterEvents(
  database: Database,
  args: Bounds & EventFilter & { kind: string; limit: number },
): Promise<ClusterEventHead[]> {
  const { kind, server, stream, consumer, limit } = args;
  return database.query<ClusterEventHead>({
    tag: 'cluster-events',
    sql: `SELECT toString(toUnixTimestamp64Nano(at)) AS time, kind, source, server, account,
        connection, cid, service, trace AS traceId, stream, consumer, toString(seq) AS streamSequence,
        deliveries, reason
      FROM (${TOLD}
        UNION ALL
        SELECT max(begun) AS at, any(${hexId('in_span', 8)}) AS id, failure AS kind, 'service' AS source,
          '' AS server, '' AS account, '' AS connection, '0' AS cid, toString(who) AS service,
          argMax(${hexId('in_trace', 16)}, begun) AS trace, its_stream AS stream, its_consumer AS consumer,
          argMax(stream_seq, begun) AS seq, argMax(delivery_count, begun) AS deliveries,
          if(uniqExact(in_trace, in_span) AS times > 1, concat(toString(times), ' times: ', why), why) AS reason
        FROM (${FAILED})
        GROUP BY toStartOfSecond(begun), failure, who, its_stream, its_consumer, why
      ) ${IS_WANTED}
        AND ({kind:String} = '' OR has(splitByChar(',', {kind:String}), kind))
      ORDER BY at DESC, id LIMIT 1 BY id LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), ...internalParams, kind, server, stream, consumer, limit },
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
  const { from, to, server, stream, consumer, stepNs } = args;
  return database.query<EventCount>({
    tag: 'cluster-event-counts',
    sql: `SELECT toString({from:Int64} + step * {stepNs:Int64}) AS time, kind,
        toString(uniqExact(id)) AS count
      FROM (
        SELECT id, kind, intDiv(toUnixTimestamp64Nano(at) - {from:Int64}, {stepNs:Int64}) AS step
        FROM (SELECT at, id, kind, server, stream, consumer FROM (${TOLD})
          UNION ALL
          SELECT begun, concat(in_trace, in_span), failure, '', its_stream, its_consumer FROM (${FAILED})
        ) ${IS_WANTED}
      )
      GROUP BY step, kind ORDER BY step, kind`,
    params: { ...boundParams(args), ...internalParams, server, stream, consumer, stepNs },
    maxRows: (Number((to - from) / stepNs) + 1) * MOST_KINDS,
    timeoutMs: args.timeoutMs,
  });
}
