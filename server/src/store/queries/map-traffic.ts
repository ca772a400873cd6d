import type { Database } from '../database.ts';
import type { RolledBounds } from '../rollups/range.ts';
import { rolledTraffic } from '../rollups/rolled-traffic.ts';
import { percentile } from '../rollups/sketch.ts';
import { MAP_FACTS, type TrafficFact } from '../rollups/traffic-rows.ts';

/** Messages of one kind between one service and one subject pattern, on the side of `kind`. */
export interface FlowRow {
  kind: 'PRODUCER' | 'CONSUMER';
  service: string;
  /** Pattern of the message's own subject, even where the consumer's template is a wildcard. */
  subject_pattern: string;
  is_request: 0 | 1;
  stream: string;
  consumer: string;
  queue_group: string;
  count: string;
  errors: string;
  /** Of the spans: publish until acknowledged, or the handler. */
  duration_p50: number;
  duration_p99: number;
  /** From the store to the consumer's client; null when unknown. */
  queue_p50: number | null;
  queue_p99: number | null;
}

/** HTTP calls from one service to another. */
export interface HttpCallRow {
  caller: string;
  callee: string;
  count: string;
  errors: string;
  /** Of the caller's span, ns. */
  p50: number;
  p99: number;
}

/** Messages and calls, in and out, of one service through one NATS connection ('' where none is told). */
export interface ServiceActivityRow {
  service: string;
  connection: string;
  spans: string;
  errors: string;
}

/** Core NATS deliveries that a server reported to one client connection and subscription. */
export interface ServerDeliveryRow {
  /** Name of the client's connection; '' when it gave none. */
  connection: string;
  subject_pattern: string;
  subscription: string;
  queue_group: string;
  server: string;
  cluster: string;
  domain: string;
  count: string;
  errors: string;
}

/** Messages that one server took from one client connection. */
interface ServerArrivalRow {
  /** Name of the publisher's connection; '' when it gave none. */
  connection: string;
  server: string;
  cluster: string;
  domain: string;
  count: string;
}

/** Stored messages by subject pattern and stream, as the stream's leader reported them. */
export interface ServerStoreRow {
  subject_pattern: string;
  stream: string;
  count: string;
  errors: string;
  /** From the arrival at that server to the store (quorum included); null when nothing was stored. */
  p50: number | null;
  p99: number | null;
}

/** All that was said and done within the bounds; each list busiest first, then by its columns. */
export interface MapTraffic {
  flows: FlowRow[];
  httpCalls: HttpCallRow[];
  activity: ServiceActivityRow[];
  deliveries: ServerDeliveryRow[];
  arrivals: ServerArrivalRow[];
  stores: ServerStoreRow[];
}

interface Row {
  fact: TrafficFact;
  key: string[];
  count: string;
  errors: string;
  p50: number | null;
  p99: number | null;
}

/**
 * Who sends, handles, calls and is connected where, at most `limit` rows of each. Each side of a message is
 * counted by itself: no window of time and no join stands between a producer and its consumers; the subject
 * pattern joins them. One statement: planning seven took longer than their work.
 */
export async function mapTraffic(
  database: Database,
  args: RolledBounds & { limit: number },
): Promise<MapTraffic> {
  const traffic = rolledTraffic(args, MAP_FACTS);
  const extremes = { least: 'lo', most: 'hi' };
  const rows = await database.query<Row>({
    tag: 'map-traffic',
    // A consumer's template may be the wildcard it subscribed to; one that a producer uses is no wildcard.
    sql: `SELECT fact, key, toString(total) AS count, toString(failures) AS errors,
        if(empty(merged.1), NULL, ${percentile(0.5, 'merged', extremes)}) AS p50,
        if(empty(merged.1), NULL, ${percentile(0.99, 'merged', extremes)}) AS p99
      FROM (
        SELECT fact, if(own = '', whole, arrayConcat(arraySlice(whole, 1, 2),
            [if(has(published, whole[3]), whole[3], own), ''], arraySlice(whole, 5))) AS key,
          sum(n) AS total, sum(f) AS failures, minIf(l, notEmpty(m.1)) AS lo, maxIf(h, notEmpty(m.1)) AS hi,
          sumMap(m.1, m.2) AS merged
        FROM (
          SELECT fact, arrayMap(part -> toString(part), traffic.key) AS whole,
            if(fact IN ('flow', 'queue'), whole[4], '') AS own, sum(traffic.count) AS n,
            sum(traffic.failed) AS f, minIf(least, notEmpty(bins)) AS l, maxIf(most, notEmpty(bins)) AS h,
            sumMap(bins, bin_counts) AS m,
            groupUniqArrayIf(whole[3], fact = 'flow' AND whole[1] = 'PRODUCER') OVER () AS published
          FROM ${traffic.sql} AS traffic
          GROUP BY fact, whole
        )
        GROUP BY fact, key
      )
      ORDER BY fact, total DESC, key LIMIT {limit:UInt32} BY fact`,
    params: { ...traffic.params, limit: args.limit },
    maxRows: args.limit * MAP_FACTS.length,
    timeoutMs: args.timeoutMs,
  });
  return byFact(rows);
}

function byFact(rows: readonly Row[]): MapTraffic {
  const facts = Map.groupBy(rows, ({ fact }) => fact);
  const of = (fact: TrafficFact): readonly Row[] => facts.get(fact) ?? [];
  const queues = new Map(of('queue').map((row) => [row.key.join('\0'), row]));
  return {
    flows: of('flow').map((row) => flowRow(row, queues.get(row.key.join('\0')))),
    httpCalls: of('http').map(({ key: [caller = '', callee = ''], count, errors, p50, p99 }) => ({
      caller,
      callee,
      count,
      errors,
      p50: p50 ?? 0,
      p99: p99 ?? 0,
    })),
    activity: of('activity').map(({ key: [service = '', connection = ''], count, errors }) => ({
      service,
      connection,
      spans: count,
      errors,
    })),
    deliveries: of('delivery').map(deliveryRow),
    arrivals: of('arrival').map(({ key, count }) => {
      const [connection = '', server = '', cluster = '', domain = ''] = key;
      return { connection, server, cluster, domain, count };
    }),
    stores: of('store').map(({ key, count, errors, p50, p99 }) => {
      const [subject_pattern = '', stream = ''] = key;
      return { subject_pattern, stream, count, errors, p50, p99 };
    }),
  };
}

function flowRow({ key, count, errors, p50, p99 }: Row, queue: Row | undefined): FlowRow {
  const [kind, service = '', pattern = '', , request, stream = '', consumer = '', group = ''] = key;
  return {
    kind: kind as FlowRow['kind'],
    service,
    subject_pattern: pattern,
    is_request: request === '1' ? 1 : 0,
    stream,
    consumer,
    queue_group: group,
    count,
    errors,
    duration_p50: p50 ?? 0,
    duration_p99: p99 ?? 0,
    queue_p50: queue?.p50 ?? null,
    queue_p99: queue?.p99 ?? null,
  };
}

function deliveryRow({ key, count, errors }: Row): ServerDeliveryRow {
  const [connection = '', pattern = '', subscription = '', group = '', ...place] = key;
  const [server = '', cluster = '', domain = ''] = place;
  const of = { connection, subject_pattern: pattern, subscription, queue_group: group };
  return { ...of, server, cluster, domain, count, errors };
}
