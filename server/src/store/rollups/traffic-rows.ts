import { ATTR } from '@hopline/model';
import { within } from '../queries/bounds.ts';
import { notInternal, OWN_PATTERN } from '../queries/subject-sql.ts';
import { FINE } from './levels.ts';
import { binOf } from './sketch.ts';

/**
 * What the map is drawn from, and what nobody took; the parts of a row's key are:
 *
 * | fact | key | values |
 * |---|---|---|
 * | flow | kind, service, subject pattern, own pattern, is request, stream, consumer, queue group | of the span |
 * | queue | the same | from the store to the consumer's client |
 * | activity | service, connection | |
 * | http | caller, callee | of the caller's span |
 * | delivery | connection, subject pattern, subscription, queue group, server, cluster, domain | |
 * | arrival | connection, server, cluster, domain | |
 * | store | subject pattern, stream | from the arrival at the server to the store |
 * | unhandled | service, subject pattern, stream | sequence in the stream |
 *
 * The own pattern is that of the message's subject where the span's template is a wildcard, else ''.
 */
export type TrafficFact = keyof typeof FACTS;

/** Columns of a row of traffic, of whatever level, but for the version. */
export const TRAFFIC_COLUMNS = 'bucket, fact, key, count, failed, least, most, bins, bin_counts';

/** SQL that only the marks of buckets of traffic fulfil; begins as the sort key does. */
export const IS_TRAFFIC_MARK = "fact = ''";

interface Fact {
  /** Column of the time that decides on the bucket. */
  time: string;
  /** SELECT with the time and the columns below; `bounds` keeps the time within what is asked. */
  from: (bounds: string) => string;
  key: readonly string[];
  failed: string;
  /** Int64, ns or a sequence; NULL where it is unknown. */
  value: string;
}

/** Spans and hops of other clocks may be so far off and still belong together. */
const SKEW = 'INTERVAL 60 SECOND';

const DISTINCT_SPANS = 'LIMIT 1 BY spans.trace_id, spans.span_id';
const DISTINCT_HOPS = 'LIMIT 1 BY hops.trace_id, hops.span_id, hops.server_id, hops.hop';

const flows = (bounds: string): string => `
  SELECT * FROM spans WHERE kind IN ('PRODUCER', 'CONSUMER') AND operation_type != 'receive' AND ${bounds}
    AND ${notInternal('spans.subject_pattern')} ${DISTINCT_SPANS}`;
const FLOW_KEY = [
  'kind',
  'service',
  'subject_pattern',
  `if(kind = 'CONSUMER' AND match(subject_pattern, '[*>{]') AND subject != '', ${OWN_PATTERN}, '')`,
  "operation_name = 'request'",
  'stream',
  'consumer',
  'queue_group',
];

const FACTS = {
  flow: {
    time: 'start',
    from: flows,
    key: FLOW_KEY,
    failed: "status = 'ERROR'",
    value: 'toInt64(duration_ns)',
  },
  queue: {
    time: 'start',
    from: (bounds) => flows(`store_time > 0 AND receive_time > 0 AND ${bounds}`),
    key: FLOW_KEY,
    failed: '0',
    value: 'toInt64(receive_time) - toInt64(store_time)',
  },
  activity: {
    time: 'start',
    from: (bounds) => `SELECT *, connection FROM spans
      WHERE (kind IN ('SERVER', 'PRODUCER', 'CONSUMER') OR (kind = 'CLIENT' AND system = ''))
        AND service != '' AND ${bounds} ${DISTINCT_SPANS}`,
    key: ['service', 'connection'],
    failed: "status = 'ERROR'",
    value: 'NULL',
  },
  // By the caller's time: a callee that comes later finds its caller, not the other way round.
  http: {
    time: 'start',
    from: (
      bounds,
    ) => `SELECT caller.start AS start, caller.service AS caller, callee.service AS callee,
        caller.duration_ns AS duration_ns, callee.status AS status
      FROM (SELECT trace_id, span_id, parent_span_id, service, status FROM spans
          WHERE kind = 'SERVER' AND parent_span_id != toFixedString('', 8)
            AND mapContains(attributes, '${ATTR.httpMethod}')
            AND spans.start >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') - ${SKEW}
            AND spans.start <= fromUnixTimestamp64Nano({to:Int64}, 'UTC') + ${SKEW} ${DISTINCT_SPANS}) AS callee
      INNER JOIN (SELECT trace_id, span_id, service, duration_ns, start FROM spans
          WHERE kind = 'CLIENT' AND system = '' AND ${bounds} ${DISTINCT_SPANS}) AS caller
        ON caller.trace_id = callee.trace_id AND caller.span_id = callee.parent_span_id
      WHERE caller.service != callee.service`,
    key: ['caller', 'callee'],
    failed: "status = 'ERROR'",
    value: 'toInt64(duration_ns)',
  },
  delivery: {
    time: 'time',
    from: (bounds) => `SELECT time, to_name, ${OWN_PATTERN} AS pattern, to_subscription, to_queue,
        server_name, cluster, domain, to_error
      FROM (SELECT * FROM hops WHERE ${bounds} AND ${notInternal('subject')} ${DISTINCT_HOPS})
      ARRAY JOIN egress_kind AS to_kind, egress_name AS to_name, egress_subscription AS to_subscription,
        egress_queue AS to_queue, egress_error AS to_error
      WHERE to_kind = 'client' AND to_subscription != ''`,
    key: ['to_name', 'pattern', 'to_subscription', 'to_queue', 'server_name', 'cluster', 'domain'],
    failed: "to_error != ''",
    value: 'NULL',
  },
  arrival: {
    time: 'time',
    from: (bounds) =>
      `SELECT * FROM hops WHERE ingress_kind = 'client' AND ${bounds} ${DISTINCT_HOPS}`,
    key: ['ingress_name', 'server_name', 'cluster', 'domain'],
    failed: '0',
    value: 'NULL',
  },
  store: {
    time: 'time',
    from: (bounds) => `SELECT *, ${OWN_PATTERN} AS pattern FROM hops
      WHERE stream != '' AND ${bounds} AND ${notInternal('subject')} ${DISTINCT_HOPS}`,
    key: ['pattern', 'stream'],
    failed: "store_error != ''",
    value: 'if(store_time > 0, toInt64(store_time) - toUnixTimestamp64Nano(time), NULL)',
  },
  // Attempts of a bucket are kept before its traffic is counted; a late handler makes its message's bucket dirty.
  unhandled: {
    time: 'start',
    from: (bounds) => `SELECT start, service, subject_pattern, stream, status, stream_seq FROM spans
      WHERE kind = 'PRODUCER' AND ${bounds} AND ${notInternal('spans.subject_pattern')}
        AND (trace_id, span_id) NOT IN (SELECT trace_id, span_id FROM attempts WHERE number > 0
          AND attempts.bucket >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') - INTERVAL ${FINE.seconds} SECOND
          AND attempts.bucket <= fromUnixTimestamp64Nano({to:Int64}, 'UTC'))
        AND (trace_id, span_id) NOT IN (SELECT trace_id, span_id FROM hops
          WHERE hops.time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') - ${SKEW}
            AND hops.time <= fromUnixTimestamp64Nano({to:Int64}, 'UTC') + ${SKEW}
            AND arrayExists((egress, error) -> egress NOT IN ('router', 'gateway', 'leaf') AND error = '',
              hops.egress_kind, hops.egress_error))
      ${DISTINCT_SPANS}`,
    key: ['service', 'subject_pattern', 'stream'],
    failed: "status = 'ERROR'",
    // The first and the last of a bucket tell whether the stream still has its messages.
    value: 'if(stream_seq BETWEEN 1 AND 9223372036854775807, toInt64(stream_seq), NULL)',
  },
} satisfies Record<string, Fact>;

/** Every fact that is rolled. */
export const TRAFFIC_FACTS = Object.keys(FACTS) as TrafficFact[];
/** Those that the map is drawn from. */
export const MAP_FACTS = TRAFFIC_FACTS.filter((fact) => fact !== 'unhandled');

/**
 * SQL: one fact of the spans or server events within the bounds, in buckets of {grain:UInt32} seconds; with
 * `inSteps` only of the buckets that begin at {begins:Array(String)}. Needs `boundParams` and
 * `internalParams`.
 */
export function trafficRows(name: TrafficFact, { inSteps = false } = {}): string {
  const { time, from, key, failed, value }: Fact = FACTS[name];
  const table = time === 'start' ? 'spans' : 'hops';
  const bounds = within(`${table}.${time}`) + (inSteps ? IN_STEPS(`${table}.${time}`) : '');
  const parts = key.map((sql, index) => `toString(${sql}) AS k${index}`).join(', ');
  const names = key.map((_, index) => `k${index}`).join(', ');
  return `
  SELECT bucket, '${name}' AS fact, [${names}] AS key, sum(n) AS count, sum(f) AS failed, minIf(lo, known) AS least,
    maxIf(hi, known) AS most, groupArrayIf(bin, known) AS bins, groupArrayIf(n, known) AS bin_counts
  FROM (
    SELECT bucket, ${names}, isNotNull(v) AS known, ${binOf('ifNull(v, 0)')} AS bin,
      count() AS n, sum(is_failed) AS f, min(ifNull(v, 0)) AS lo, max(ifNull(v, 0)) AS hi
    FROM (SELECT toDateTime(toStartOfInterval(${time}, INTERVAL {grain:UInt32} SECOND), 'UTC') AS bucket,
        ${parts}, ${failed} AS is_failed, CAST(${value}, 'Nullable(Int64)') AS v
      FROM (${from(bounds)}))
    GROUP BY bucket, ${names}, known, bin
  )
  GROUP BY bucket, ${names}`;
}

const IN_STEPS = (time: string): string => `
    AND toUnixTimestamp(toStartOfInterval(${time}, INTERVAL {grain:UInt32} SECOND))
      IN (SELECT toUInt32(arrayJoin({begins:Array(String)})))`;

/** SQL: rows of one level as those of a coarser one, of {grain:UInt32} seconds. `rows` is a sub-select. */
export const mergedTraffic = (rows: string): string => `
  SELECT toDateTime(intDiv(toUnixTimestamp(fine.bucket), {grain:UInt32}) * {grain:UInt32}, 'UTC') AS bucket,
    fact, key, sum(fine.count) AS count, sum(fine.failed) AS failed, minIf(fine.least, notEmpty(fine.bins)) AS least,
    maxIf(fine.most, notEmpty(fine.bins)) AS most, (sumMap(fine.bins, fine.bin_counts) AS merged).1 AS bins,
    merged.2 AS bin_counts
  FROM ${rows} AS fine
  GROUP BY bucket, fact, key`;
