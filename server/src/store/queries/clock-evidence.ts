import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';
import { CLOCK_STEP_SECONDS, NONE_ABOVE, NONE_BELOW } from './clock-windows.ts';

/** Publishes of one process and minute that are asked when the servers had them: the quickest tell most. */
const SAMPLE = 100;

const ns = (time: string): string => `toUnixTimestamp64Nano(${time})`;
const CLOCK = "concat(service, '/', instance)";
/** A name that several processes share has no one clock. */
const IS_OF_ONE_PROCESS = "instance != ''";

/** T0, and T1 where the publisher waited for an answer. */
const PUBLISHES = `
  SELECT trace_id, span_id, ${CLOCK} AS clock, spans.stream AS stream, ${ns('start')} AS t0,
    t0 + toInt64(duration_ns) AS t1, stream_seq > 0 AS is_stored,
    is_stored OR (operation_name = 'request' AND status != 'ERROR') AS waited
  FROM spans WHERE kind = 'PRODUCER' AND ${IS_OF_ONE_PROCESS} AND ${within('start')}
  ORDER BY NOT waited, duration_ns, span_id
  LIMIT ${SAMPLE} BY service, instance, toStartOfMinute(start)`;

const SAMPLED = `(trace_id, span_id) IN (SELECT trace_id, span_id FROM (${PUBLISHES}))`;

/** Tin and Tst of those messages: the servers' own word, or what consumers were told. */
const SERVER_MARKS = `
  SELECT trace_id, span_id, '' AS stream, ${ns('time')} AS at, 1 AS is_arrival
  FROM hops WHERE hop = '' AND ${within('time')} AND ${SAMPLED}
  UNION ALL
  SELECT trace_id, span_id, stream, toInt64(store_time) AS at, 0 AS is_arrival
  FROM hops WHERE stream != '' AND store_time > 0 AND ${within('time')} AND ${SAMPLED}
  UNION ALL
  SELECT context.1 AS trace_id, context.2 AS span_id, stream, toInt64(store_time) AS at, 0 AS is_arrival
  FROM spans ARRAY JOIN arrayPushBack(arrayZip(links.trace_id, links.span_id),
    (spans.trace_id, spans.parent_span_id)) AS context
  WHERE kind = 'CONSUMER' AND store_time > 0 AND ${within('start')}
    AND context IN (SELECT (trace_id, span_id) FROM (${PUBLISHES}))`;

/**
 * T0 is before, T1 after what the servers did. T1 waits for the first server, and for the stream that
 * answered; not for one that sources from it.
 */
const BY_PUBLISHES = `
  SELECT clock, t0 AS seen, t0 - at AS at_least,
    if(waited AND (is_arrival OR (is_stored AND m.stream = p.stream)), t1 - at, ${NONE_ABOVE}) AS at_most
  FROM (${PUBLISHES}) AS p
  INNER JOIN (${SERVER_MARKS}) AS m ON p.trace_id = m.trace_id AND p.span_id = m.span_id`;

/** A message is received after it was stored. */
const BY_RECEPTIONS = `
  SELECT ${CLOCK} AS clock, toInt64(receive_time) AS seen, toInt64(${NONE_BELOW}) AS at_least,
    toInt64(receive_time) - toInt64(store_time) AS at_most
  FROM spans WHERE store_time > 0 AND receive_time > 0 AND ${IS_OF_ONE_PROCESS} AND ${within('start')}`;

/**
 * An ack is sent before the server has it: the leader reports when it had the last one, and up to which
 * message all are acked. Only where that message was acked once, and the stream's name is that of one stream.
 */
const BY_ACKS = `
  SELECT acks.clock AS clock, acks.sent AS seen, acks.sent - toInt64(floors.acked) AS at_least,
    toInt64(${NONE_ABOVE}) AS at_most
  FROM (
    SELECT stream, consumer, stream_seq, any(${CLOCK}) AS clock, min(${ns('start')}) AS sent
    FROM spans
    WHERE operation_type = 'settle' AND disposition IN ('ack', 'ack_confirmed') AND stream_seq > 0
      AND ${IS_OF_ONE_PROCESS} AND ${within('start')}
    GROUP BY stream, consumer, stream_seq HAVING max(delivery_count) = 1 AND uniq(span_id) = 1
  ) AS acks
  INNER JOIN (
    SELECT stream, consumer, ack_floor_stream_seq AS stream_seq, min(last_ack_time) AS acked
    FROM assets WHERE kind = 'consumer' AND last_ack_time > 0 AND ${within('time')}
    GROUP BY stream, consumer, stream_seq HAVING uniq(account, domain) = 1
  ) AS floors
  ON acks.stream = floors.stream AND acks.consumer = floors.consumer
    AND acks.stream_seq = floors.stream_seq`;

/**
 * Notes how far clocks are ahead of the servers', by what was stored of the time within the bounds. May
 * be called for the same time again: the evidence only gets more. Rejects as Database does.
 */
export async function noteClockWindows(
  database: Database,
  args: Bounds & { signal?: AbortSignal },
): Promise<void> {
  await database.query({
    tag: 'clock-evidence',
    sql: `INSERT INTO clock_windows (bucket, clock, at_least, at_most)
      SELECT toDateTime(intDiv(seen, ${CLOCK_STEP_SECONDS}000000000) * ${CLOCK_STEP_SECONDS}, 'UTC') AS bucket,
        clock, max(told.at_least) AS at_least, min(told.at_most) AS at_most
      FROM (${BY_PUBLISHES} UNION ALL ${BY_RECEPTIONS} UNION ALL ${BY_ACKS}) AS told
      GROUP BY bucket, clock`,
    params: boundParams(args),
    maxRows: 0,
    timeoutMs: args.timeoutMs,
    background: true,
    ...(args.signal ? { signal: args.signal } : {}),
  });
}
