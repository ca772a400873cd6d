import type { ParamValue } from '../../database.ts';
import { type Bounds, boundParams, within } from '../bounds.ts';
import { clockStep, clockWindowRows, NONE_ABOVE, NONE_BELOW } from '../clock-windows.ts';
import { internalParams, notInternal } from '../subject-sql.ts';

/** Which deliveries: of messages published within the bounds, along one path or all. */
export interface PathFilter {
  /** Service that published. */
  producer?: string | undefined;
  /** Subject pattern of the message's own subject. */
  subject?: string | undefined;
  /** Service that handled it. */
  consumer?: string | undefined;
}

/** The same, and for rollups: */
export interface StageFilter extends PathFilter {
  /** Only of messages published in one of the steps {begins:Array(String)}, of {grain:UInt32} seconds. */
  inSteps?: boolean;
}

/** Columns of a row of `deliveryStages`, and of the table `attempts` but for the version. */
export const ATTEMPT_COLUMNS = `bucket, producer, subject_pattern, consumer, trace_id, span_id,
  handler_trace_id, handler_span_id, published_ns, number, failed, stages, durations, provenances`;

/**
 * SQL: one row for each attempt of each delivery whose publish lies within the bounds, with its stages
 * by docs/message-model.md, concluded from the spans. A sub-select; needs `stageParams`. Columns, those
 * of the table `attempts`:
 *
 * | column | |
 * |---|---|
 * | bucket | ten seconds of publish time |
 * | producer, subject_pattern, consumer | the path |
 * | trace_id, span_id | the message's creation context |
 * | handler_trace_id, handler_span_id | the attempt |
 * | published_ns | T0, producer's clock |
 * | number | 1 for the first attempt |
 * | failed | 1 when the handler ended in an error |
 * | stages, durations, provenances | arrays in step; `total` among them; unknown stages are left out |
 *
 * Every span counts once however often it was delivered. The handler may have come any time after its
 * message, and by parent or by link: no window of time stands between them.
 *
 * The engine takes some 0.3 s to understand it, however few rows there are: questions read the table.
 */
export const deliveryStages = (filter: StageFilter): string => `(
  SELECT toDateTime(intDiv(published_ns, 10000000000) * 10, 'UTC') AS bucket, producer, subject_pattern,
    consumer, trace_id, span_id, handler_trace_id, handler_span_id, published_ns, number, failed,
    known.1 AS stages, arrayMap(took -> assumeNotNull(took), known.2) AS durations, known.3 AS provenances
  FROM (
    SELECT producer, subject_pattern, consumer, trace_id, span_id, handler_trace_id, handler_span_id,
      published_ns, number, failed,
      arrayFilter(stage -> stage.1 != '' AND isNotNull(stage.2), ${STAGE_TUPLES}) AS known
    FROM (${correctedMarks(filter)}))
)`;

export const stageParams = (args: Bounds & PathFilter): Record<string, ParamValue> => ({
  ...boundParams(args),
  ...internalParams,
  earliest: args.from - SKEW_NS,
  latestHop: args.to + SKEW_NS,
  ...pathParams(args),
});

/** SQL: of what a filter lets through, by the columns of a path; needs `pathParams`. */
export const onPath = ({ producer, subject, consumer }: PathFilter): string => `(
  ${producer === undefined ? '1' : 'producer = {producer:String}'}
  AND ${subject === undefined ? '1' : 'subject_pattern = {pattern:String}'}
  AND ${consumer === undefined ? '1' : 'consumer = {handler:String}'})`;

export const pathParams = (filter: PathFilter): Record<string, ParamValue> => ({
  ...(filter.producer === undefined ? {} : { producer: filter.producer }),
  ...(filter.subject === undefined ? {} : { pattern: filter.subject }),
  ...(filter.consumer === undefined ? {} : { handler: filter.consumer }),
});

/** Clocks of consumers and servers may be off from the publisher's by so much and are still found. */
const SKEW_NS = 60_000_000_000n;

const ns = (time: string): string => `toUnixTimestamp64Nano(${time})`;
const since = (column: string): string =>
  `${column} >= fromUnixTimestamp64Nano({earliest:Int64}, 'UTC')`;

/** T0 and T1. A publish that waited for an answer of the broker bounds the servers' clocks. */
const publishes = ({ producer, subject, inSteps }: StageFilter): string => `
  SELECT trace_id, span_id, service AS producer, subject_pattern, concat(service, '/', instance) AS clock,
    ${ns('start')} AS t0, ${clockStep('t0')} AS step,
    if(stream_seq > 0 OR (operation_name = 'request' AND status != 'ERROR'),
      t0 + toInt64(duration_ns), NULL) AS t1
  FROM spans
  WHERE kind = 'PRODUCER' AND ${within('start')} AND ${notInternal('spans.subject_pattern')}
    ${producer === undefined ? '' : 'AND service = {producer:String}'}
    ${subject === undefined ? '' : 'AND spans.subject_pattern = {pattern:String}'}
    ${inSteps ? IN_STEPS : ''}
  LIMIT 1 BY trace_id, span_id`;

const IN_STEPS = `AND toUnixTimestamp(toStartOfInterval(start, INTERVAL {grain:UInt32} SECOND))
  IN (SELECT toUInt32(arrayJoin({begins:Array(String)})))`;

const HANDLER_COLUMNS = `spans.trace_id AS handler_trace_id, spans.span_id AS handler_span_id, service AS consumer,
  concat(service, '/', instance) AS clock, stream, consumer AS durable, queue_group, connection,
  stream_seq, delivery_count, store_time, receive_time, status = 'ERROR' AS failed,
  ${ns('start')} AS begun, begun + toInt64(duration_ns) AS ended,
  ${clockStep("multiIf(receive_time > 0, toInt64(receive_time), operation_type = 'receive', ended, begun)")} AS step`;

/** Handlers, a row for each message they refer to: by link, by parent, or through a batch's receive span. */
const handlers = ({ consumer }: PathFilter): string => {
  const wanted = `${since('start')} ${consumer === undefined ? '' : 'AND service = {handler:String}'}`;
  const process = `kind = 'CONSUMER' AND operation_type != 'receive' AND ${wanted}`;
  const receive = `operation_type = 'receive' AND notEmpty(links.trace_id) AND ${wanted}`;
  const sequences =
    "arrayMap(a -> toUInt64OrZero(a['messaging.nats.stream.sequence']), links.attributes)";
  return `
  SELECT ${HANDLER_COLUMNS}, 1 AS is_process, context.1 AS trace_id, context.2 AS span_id
  FROM (SELECT *, connection FROM spans WHERE ${process} LIMIT 1 BY trace_id, span_id) AS spans
  ARRAY JOIN arrayDistinct(arrayPushBack(
    arrayZip(links.trace_id, links.span_id), (spans.trace_id, spans.parent_span_id))) AS context
  UNION ALL
  SELECT ${HANDLER_COLUMNS}, 1 AS is_process, batch.link.1 AS trace_id, batch.link.2 AS span_id
  FROM (SELECT *, connection FROM spans WHERE ${process} AND empty(links.trace_id)
    LIMIT 1 BY trace_id, span_id) AS spans
  INNER JOIN (SELECT trace_id AS in_trace, span_id AS in_span, length(links.trace_id) AS links_count,
      arrayJoin(arrayZip(links.trace_id, links.span_id, ${sequences})) AS link
    FROM spans WHERE ${receive} LIMIT 1 BY trace_id, span_id, link) AS batch
    ON spans.trace_id = batch.in_trace AND spans.parent_span_id = batch.in_span
  WHERE links_count = 1 OR (batch.link.3 = stream_seq AND stream_seq > 0)
  UNION ALL
  SELECT ${HANDLER_COLUMNS.replace('stream_seq,', 'if(stream_seq = 0, link.3, stream_seq) AS stream_seq,')},
    0 AS is_process, link.1 AS trace_id, link.2 AS span_id
  FROM (SELECT *, connection FROM spans WHERE ${receive} LIMIT 1 BY trace_id, span_id) AS spans
  ARRAY JOIN arrayZip(links.trace_id, links.span_id, ${sequences}) AS link`;
};

/** T6, or T7 where the server confirmed; the last word of each handler, or of each attempt. */
const settlements = (key: string): string => `
  SELECT ${key},
    argMax(if(disposition = 'ack_confirmed', ${ns('start')} + toInt64(duration_ns), ${ns('start')}),
      (disposition != 'in_progress', start)) AS settled
  FROM spans WHERE operation_type = 'settle' AND ${since('start')}
  GROUP BY ${key}`;

const HOPS_OF_RANGE = `${since('time')} AND time <= fromUnixTimestamp64Nano({latestHop:Int64}, 'UTC')`;

/** Tin, at the server that took the message from its publisher. */
const ARRIVALS = `
  SELECT trace_id, span_id, min(${ns('time')}) AS arrived, argMin(server_id, time) AS server
  FROM hops WHERE hop = '' AND ${HOPS_OF_RANGE} GROUP BY trace_id, span_id`;

/** Tst as the server told it that stored the message. */
const STORES = `
  SELECT trace_id, span_id, stream, min(toInt64(store_time)) AS stored, argMin(server_id, time) AS server
  FROM hops WHERE stream != '' AND store_time > 0 AND ${HOPS_OF_RANGE}
  GROUP BY trace_id, span_id, stream`;

/** Teg of core NATS: by the name of the connection and the queue group. */
const HAND_OVERS = `
  SELECT trace_id, span_id, egress.3 AS connection, egress.4 AS queue_group,
    min(toInt64(egress.2)) AS handed_over, argMin(server_id, egress.2) AS server
  FROM hops ARRAY JOIN arrayZip(hops.egress_kind, hops.egress_time, hops.egress_name,
    hops.egress_queue, hops.egress_error, hops.egress_subscription) AS egress
  WHERE egress.1 = 'client' AND egress.5 = '' AND egress.6 != '' AND ${HOPS_OF_RANGE}
  GROUP BY trace_id, span_id, connection, queue_group`;

/** One row an attempt with all marks, each on the clock of who saw it; NULL where nobody told. */
const marks = (filter: StageFilter): string => `
  SELECT p.producer AS producer, p.subject_pattern AS subject_pattern, h.consumer AS consumer,
    h.trace_id AS trace_id, h.span_id AS span_id, h.handler_trace_id AS handler_trace_id,
    h.handler_span_id AS handler_span_id, p.t0 AS published_ns, p.t1 AS t1, h.failed AS failed,
    p.clock AS producer_clock, h.clock AS consumer_clock, h.durable != '' AS is_jetstream,
    -- A client that tells no count: the order stands in for it.
    if(h.delivery_count > 0, toUInt64(h.delivery_count),
      row_number() OVER (PARTITION BY h.trace_id, h.span_id, h.durable, h.consumer, h.queue_group,
        if(h.durable = '', h.handler_span_id, toFixedString('', 8)) ORDER BY h.begun)) AS number,
    if(a.arrived > 0, a.arrived, NULL) AS arrived, a.server AS arrival_server,
    multiIf(NOT is_jetstream, NULL, h.store_time > 0, toInt64(h.store_time),
      s.stored > 0, s.stored, NULL) AS stored, s.server AS store_server,
    if(NOT is_jetstream AND o.handed_over > 0, o.handed_over, NULL) AS handed_over,
    o.server AS hand_over_server,
    if(h.receive_time > 0, toInt64(h.receive_time), NULL) AS received,
    coalesce(nullIf(t.settled, 0), nullIf(at.settled, 0)) AS last_word,
    if(is_jetstream, last_word, NULL) AS settled_at,
    if(h.is_process, h.begun, h.ended) AS started,
    if(h.is_process, h.ended, coalesce(settled_at, h.ended)) AS ended,
    max(h.is_process) OVER (PARTITION BY h.trace_id, h.span_id,
      if(h.durable = '', h.consumer, h.durable)) AS any_process, h.is_process AS is_process,
    if(pw.clock = '', ${NONE_BELOW}, pw.at_least) AS producer_at_least,
    if(pw.clock = '', ${NONE_ABOVE}, pw.at_most) AS producer_at_most,
    if(hw.clock = '', ${NONE_BELOW}, hw.at_least) AS consumer_at_least,
    if(hw.clock = '', ${NONE_ABOVE}, hw.at_most) AS consumer_at_most,
    lagInFrame(toNullable(greatest(h.ended, coalesce(last_word, 0)))) OVER (PARTITION BY h.trace_id, h.span_id, h.durable
      ORDER BY h.delivery_count, h.begun) AS previous_end
  FROM (${handlers(filter)}) AS h
  INNER JOIN (${publishes(filter)}) AS p ON h.trace_id = p.trace_id AND h.span_id = p.span_id
  LEFT JOIN (${settlements('trace_id, parent_span_id')}) AS t
    ON h.handler_trace_id = t.trace_id AND h.handler_span_id = t.parent_span_id
  LEFT JOIN (${settlements('stream, consumer, stream_seq, delivery_count')}) AS at
    ON h.stream = at.stream AND h.durable = at.consumer AND h.stream_seq = at.stream_seq
    AND h.delivery_count = at.delivery_count AND h.durable != '' AND h.stream_seq > 0
  LEFT JOIN (${ARRIVALS}) AS a ON h.trace_id = a.trace_id AND h.span_id = a.span_id
  LEFT JOIN (${STORES}) AS s
    ON h.trace_id = s.trace_id AND h.span_id = s.span_id AND h.stream = s.stream
  LEFT JOIN (${HAND_OVERS}) AS o ON h.trace_id = o.trace_id AND h.span_id = o.span_id
    AND h.connection = o.connection AND h.queue_group = o.queue_group
  LEFT JOIN (${WINDOWS}) AS pw ON p.clock = pw.clock AND p.step = pw.step
  LEFT JOIN (${WINDOWS}) AS hw ON h.clock = hw.clock AND h.step = hw.step`;

/** Windows of all clocks, of the range and of what was handled later. */
const WINDOWS = clockWindowRows(
  "bucket >= fromUnixTimestamp64Nano({earliest:Int64}, 'UTC') - INTERVAL 1200 SECOND",
);
/** How far a server's clock is ahead of the publisher's, at least and at most, by one mark of it. */
const lower = (mark: string): string => `coalesce(${mark} - t1, ${NONE_BELOW})`;
const upper = (mark: string): string => `coalesce(${mark} - published_ns, ${NONE_ABOVE})`;

/**
 * Marks on the publisher's clock. Offsets as insight/clocks.ts finds them for one message: by the order
 * in which things must have happened and by the windows of the two processes. A consumer's offset is
 * from the clock it is compared with, the server's where one told a mark: a publisher whose own clock is
 * wrong so moves neither the wait nor the delivery, which it took no part in.
 *
 * One step, one SELECT: the engine resolves an expression anew wherever its alias stands.
 */
const correctedMarks = (filter: StageFilter): string => `
  SELECT *, coalesce(stored, handed_over) AS left_broker,
    coalesce(stored_c, handed_over_c) AS left_broker_c,
    coalesce(left_broker, arrived, published_ns) AS before,
    coalesce(left_broker_c, arrived_c, published_ns) AS before_c,
    consumer_clock = producer_clock AND isNull(left_broker) AND isNull(arrived) AS same_clock,
    if(consumer_clock = producer_clock, 0, min(reference_offset + reception_offset)
      OVER (PARTITION BY trace_id, span_id, consumer_clock)) AS consumer_offset
  FROM (SELECT *, ${chosen(['reception'])}[1] AS reception_offset, arrived - arrival_offset AS arrived_c,
    stored - store_offset AS stored_c, handed_over - hand_over_offset AS handed_over_c
  FROM (SELECT *, ${NONE_BELOW} AS reception_low,
    coalesce(received, started) - coalesce(server_mark, published_ns) AS reception_high,
    consumer_at_least - if(isNull(server_mark), producer_at_most, 0) AS reception_window_low,
    consumer_at_most - if(isNull(server_mark), producer_at_least, 0) AS reception_window_high,
    multiIf(isNotNull(stored), store_offset, isNotNull(handed_over), hand_over_offset,
      isNotNull(arrived), arrival_offset, 0) AS reference_offset
  FROM (SELECT *, offsets[1] AS arrival_offset,
    if(store_at_arrival, arrival_offset, offsets[2]) AS store_offset,
    if(hand_over_at_arrival, arrival_offset, offsets[3]) AS hand_over_offset
  FROM (SELECT *, ${chosen(['arrival', 'store', 'hand_over'])} AS offsets
  FROM (SELECT *, coalesce(stored, handed_over, arrived) AS server_mark,
    ${lower('stored')} AS store_low, ${upper('stored')} AS store_high,
    ${NONE_BELOW} AS hand_over_low, ${upper('handed_over')} AS hand_over_high,
    greatest(${lower('arrived')}, if(store_at_arrival, store_low, ${NONE_BELOW})) AS arrival_low,
    least(${upper('arrived')}, if(store_at_arrival, store_high, ${NONE_ABOVE}),
      if(hand_over_at_arrival, hand_over_high, ${NONE_ABOVE})) AS arrival_high,
    ${['arrival', 'store', 'hand_over'].map(serversAhead).join(', ')}
  FROM (SELECT *, isNotNull(stored) AND arrival_server = store_server AS store_at_arrival,
    isNotNull(handed_over) AND arrival_server = hand_over_server AS hand_over_at_arrival
  FROM (${marks(filter)})
  WHERE is_process OR NOT any_process))))))`;

/** The window of a server's clock from the publisher's: the publisher's from the servers', turned. */
const serversAhead = (of: string): string =>
  `-producer_at_most AS ${of}_window_low, -producer_at_least AS ${of}_window_high`;

/** `chosen` of insight/clocks.ts: of each mark within `<of>_low`, `<of>_high` and the same two of its window. */
const chosen = (of: readonly string[]): string => {
  const each = (column: string): string => `[${of.map((mark) => `${mark}_${column}`).join(', ')}]`;
  return `arrayMap((l, h, low, high) ->
    arrayMap((a, b) -> ${inBounds('a', 'b')}, [if(l <= h, l, low)], [if(l <= h, h, high)])[1],
    arrayMap((a, b) -> greatest(a, b), ${each('low')}, ${each('window_low')}),
    arrayMap((a, b) -> least(a, b), ${each('high')}, ${each('window_high')}),
    ${each('low')}, ${each('high')})`;
};

/** `within` of insight/clocks.ts. */
const inBounds = (low: string, high: string): string => `
  multiIf(${low} > ${high}, intDiv(${low} + ${high}, 2),
    ${low} > ${high} - ${low} OR -${high} > ${high} - ${low},
      ${low} + least(intDiv(${high} - ${low}, 2), 1000000),
    ${low} > 0, ${low}, ${high} < 0, ${high}, 0)`;

interface Stretch {
  /** SQL of the stage's name; '' where there is no such stage. */
  name: string;
  from: string;
  to: string;
  /** The same two on the publisher's clock; absent: both marks are of one clock. */
  corrected?: { from: string; to: string };
  /** SQL: both marks are of one clock after all. */
  sameClock?: string;
}

const IS_FIRST = 'number = 1';
const consumerClock = (mark: string): string => `${mark} - consumer_offset`;

/** stagesOf of insight/stages.ts, as SQL; its test holds the two against each other. */
const STRETCHES: readonly Stretch[] = [
  {
    name: `if(${IS_FIRST} AND isNotNull(arrived), 'send', '')`,
    from: 'published_ns',
    to: 'arrived',
    corrected: { from: 'published_ns', to: 'arrived_c' },
  },
  {
    name: `multiIf(NOT (${IS_FIRST}) OR isNull(left_broker), '', isNull(arrived), 'store', 'broker')`,
    from: 'coalesce(arrived, published_ns)',
    to: 'left_broker',
    corrected: { from: 'coalesce(arrived_c, published_ns)', to: 'left_broker_c' },
    sameClock: 'isNotNull(arrived) AND (store_at_arrival OR hand_over_at_arrival)',
  },
  {
    name: `multiIf(NOT (${IS_FIRST}) OR isNull(received), '', isNull(left_broker), 'transit',
      is_jetstream, 'queue', 'deliver')`,
    from: 'before',
    to: 'received',
    corrected: { from: 'before_c', to: consumerClock('received') },
    sameClock: 'same_clock',
  },
  {
    name: `if(${IS_FIRST} AND isNull(received), 'transit', '')`,
    from: 'before',
    to: 'started',
    corrected: { from: 'before_c', to: consumerClock('started') },
    sameClock: 'same_clock',
  },
  {
    name: `if(${IS_FIRST}, '', if(isNull(received), 'transit', 'queue'))`,
    from: 'if(number > 1 AND previous_end > 0, previous_end, NULL)',
    to: 'coalesce(received, started)',
  },
  { name: `if(isNull(received), '', 'buffer')`, from: 'received', to: 'started' },
  { name: `'process'`, from: 'started', to: 'ended' },
  { name: `if(settled_at > ended, 'settle', '')`, from: 'ended', to: 'settled_at' },
  {
    name: `'total'`,
    from: 'published_ns',
    to: 'ended',
    corrected: { from: 'published_ns', to: consumerClock('ended') },
    sameClock: 'consumer_clock = producer_clock',
  },
];

const each = (part: (stretch: Stretch) => string): string => `[${STRETCHES.map(part).join(', ')}]`;

/**
 * Tuples of name, ns and provenance, one for each of STRETCHES. The formula stands once, over arrays of
 * what goes into it: the engine takes longer to resolve an expression than to compute it for a thousand rows.
 */
const STAGE_TUPLES = `arrayMap((name, took, raw, same) -> (name,
    if(took < 0, 0, took),
    multiIf(same = 2, 'measured', raw < 0 OR took != raw, 'adjusted', same = 1, 'measured', 'derived')),
  ${each(({ name }) => name)},
  arrayMap((a, b) -> b - a, ${each(({ from, corrected }) => (corrected ? corrected.from : from))},
    ${each(({ to, corrected }) => (corrected ? corrected.to : to))}),
  arrayMap((a, b) -> b - a, ${each(({ from }) => from)}, ${each(({ to }) => to)}),
  ${each(({ corrected, sameClock = '0' }) => (corrected ? sameClock : '2'))})`;
