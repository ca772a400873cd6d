import {
  type Fate,
  isPattern,
  parseMessageId,
  parseTraceId,
  type UnixNs,
  unixNs,
} from '@hopline/model';
import type { Database, ParamValue } from '../database.ts';
import { type Bounds, boundParams, hexId, within } from './bounds.ts';
import { handledBy, receivedBy } from './handled-by.ts';
import { byKeys, type MessageKeys } from './message-keys.ts';
import { SPAN_HEAD_COLUMNS, type SpanHead } from './span-head.ts';
import { internalParams, notInternal } from './subject-sql.ts';

/** Position in the list: the last span of the page before. */
export interface PublishCursor {
  start: string;
  spanId: string;
}

export interface PublishFilter extends Omit<MessageKeys, 'sequence'> {
  /** Producer or consumer, exact. */
  service?: string | undefined;
  /** Exact subject, or a pattern with `*` and `>`; several are separated by spaces. */
  subject?: string | undefined;
  /** In the subject; or the message key, trace id, message id, a log's words, an attribute's value. */
  text?: string | undefined;
  /** Leaves out what cannot have this outcome; the conclusion itself is not the store's. */
  outcome?: Fate | undefined;
  /** Not what is known to stand at this sequence of its stream or below. */
  above?: { stream: string; sequence: string } | undefined;
  /** Only these; ids in hex. */
  among?: readonly { trace_id: string; span_id: string }[] | undefined;
  after?: PublishCursor | undefined;
}

/** Traces that a search in logs or attributes may add: a text in more of them is no search term. */
const MAX_TEXT_TRACES = 10_000;

/** A consumer's clock may be behind its producer's by so much and is still found. */
const CLOCK_SKEW_NS = 60_000_000_000n;
/** First stretch in which handlers are searched, backwards from the newest message; each next is longer. */
const FIRST_STRETCH_NS = 60_000_000_000n;
const STRETCH_GROWTH = 16n;

type PageArgs = Bounds & PublishFilter & { limit: number };

interface Condition {
  sql: string;
  params: Record<string, ParamValue>;
}

/**
 * Messages published within the bounds, newest first, each once; subjects that NATS uses for itself left
 * out. Fewer than `limit` does not mean that there are no more, unless `among` some; none does.
 */
export async function publishSpans(database: Database, asked: PageArgs): Promise<SpanHead[]> {
  const args = upToCursor(asked);
  if (args.among) return await exactPage(database, args, args.from);
  const spans = await looseButQuick(database, args);
  const oldest = spans.at(-1)?.start;
  if (oldest === undefined || spans.length <= args.limit) return eachOnce(spans);
  // Of those that began at the same moment as the last some may be missing.
  const whole = spans.filter(({ start }) => start !== oldest);
  return whole.length > 0 ? eachOnce(whole) : await exactPage(database, args, unixNs(oldest));
}

/** In the page's own order, which has the engine read all that fits from `oldest` on. */
async function exactPage(database: Database, args: PageArgs, oldest: UnixNs): Promise<SpanHead[]> {
  const { sql, params } = conditions(args, oldest);
  return await database.query<SpanHead>({
    tag: 'publish-spans',
    sql: `SELECT ${SPAN_HEAD_COLUMNS} FROM spans WHERE ${sql}
      ORDER BY spans.start DESC, spans.span_id DESC
      LIMIT 1 BY spans.trace_id, spans.span_id LIMIT {limit:UInt32}`,
    params: { ...params, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}

/** By descending start and id, as pages are; a span that was stored twice, once. */
function eachOnce(spans: readonly SpanHead[]): SpanHead[] {
  const known = new Map(spans.map((span) => [`${span.trace_id}-${span.span_id}`, span]));
  return [...known.values()].sort(
    (a, b) => descending(a.start, b.start) || descending(a.span_id, b.span_id),
  );
}

/** Starts have equally many digits for centuries; ids always. */
const descending = (a: string, b: string): number => (a === b ? 0 : a < b ? 1 : -1);

/** Nothing after the cursor is looked at. */
function upToCursor(args: PageArgs): PageArgs {
  const { to, after } = args;
  const newest = after === undefined ? to : unixNs(after.start);
  return newest < to ? { ...args, to: newest } : args;
}

/**
 * One more than the page holds, in order of start, some perhaps twice: in order of the sort key alone the
 * engine stops when it has enough rows, with a second column in ORDER BY it reads them all.
 */
async function looseButQuick(database: Database, args: PageArgs): Promise<SpanHead[]> {
  const limit = args.limit + 1;
  let spans: SpanHead[] = [];
  for (const from of stretches(args)) {
    const { sql, params } = conditions(args, from);
    spans = await database.query<SpanHead>({
      tag: 'newest-publishes',
      sql: `SELECT ${SPAN_HEAD_COLUMNS} FROM spans
        WHERE ${sql} ORDER BY spans.start DESC LIMIT {limit:UInt32}`,
      params: { ...params, limit },
      maxRows: limit,
      timeoutMs: args.timeoutMs,
    });
    if (spans.length === limit) break;
  }
  return spans;
}

/**
 * Where to begin, nearest first. Only a search by what handlers did has to gather their spans of the
 * stretch before it can look for messages; everything else stops early by itself.
 */
function stretches({ from, to, service, outcome }: PageArgs): UnixNs[] {
  if (service === undefined && (!outcome || !byOutcome(outcome))) return [from];
  const starts: UnixNs[] = [];
  let stretch = FIRST_STRETCH_NS;
  for (; to - stretch > from; stretch *= STRETCH_GROWTH) {
    starts.push((to - stretch) as UnixNs);
  }
  return [...starts, from];
}

/** Conditions of a page; `from` may lie within the bounds, what else a filter looks at may not. */
function conditions(args: PageArgs, from: UnixNs): Condition {
  const all: Condition[] = [
    {
      sql: `spans.kind = 'PRODUCER' AND ${within('spans.start')}`,
      params: {
        ...boundParams({ ...args, from }),
        since: args.from - CLOCK_SKEW_NS,
        handledSince: from - CLOCK_SKEW_NS,
      },
    },
    { sql: notInternal('spans.subject_pattern'), params: internalParams },
  ];
  if (args.service !== undefined) all.push(byService(args.service));
  const possible = args.outcome && byOutcome(args.outcome);
  if (possible) all.push(possible);
  if (args.subject !== undefined) all.push(bySubject(args.subject));
  if (args.text !== undefined && args.text !== '') all.push(byText(args.text));
  all.push(...byKeys(args));
  if (args.above !== undefined) {
    // 0: the publisher was not told.
    const sql = `spans.stream != {aboveStream:String} OR spans.stream_seq = 0
      OR spans.stream_seq > {aboveSequence:UInt64}`;
    const { stream: aboveStream, sequence: aboveSequence } = args.above;
    all.push({ sql, params: { aboveStream, aboveSequence } });
  }
  if (args.among !== undefined) all.push(isAmong(args.among));
  if (args.after !== undefined) all.push(before(args.after));
  return {
    sql: all.map(({ sql }) => `(${sql})`).join(' AND '),
    params: Object.assign({}, ...all.map(({ params }) => params)),
  };
}

const byService = (service: string): Condition => ({
  sql: `service = {service:String} OR ${receivedBy('service = {service:String}')}`,
  params: { service },
});

/** What an outcome needs to be possible; undefined where any message may have it. */
function byOutcome(outcome: Fate): Condition | undefined {
  const gaveUp = `(stream, stream_seq) IN (SELECT stream, stream_seq FROM advisories
    WHERE kind = 'max_deliver' AND time >= fromUnixTimestamp64Nano({since:Int64}, 'UTC'))`;
  const needs: Partial<Record<Fate, string>> = {
    failed: handledBy("status = 'ERROR'"),
    redelivered: handledBy('delivery_count > 1'),
    'dead-lettered': `${gaveUp} OR ${handledBy(gaveUp)}`,
  };
  const sql = needs[outcome];
  return sql === undefined ? undefined : { sql, params: {} };
}

const isAmong = (messages: readonly { trace_id: string; span_id: string }[]): Condition => ({
  sql: `spans.trace_id IN (SELECT toFixedString(unhex(arrayJoin({amongTraces:Array(String)})), 16))
    AND (spans.trace_id, spans.span_id) IN (SELECT
      toFixedString(unhex(among.1), 16), toFixedString(unhex(among.2), 8)
      FROM (SELECT arrayJoin(arrayZip({amongTraces:Array(String)}, {amongSpans:Array(String)})) AS among))`,
  params: {
    amongTraces: messages.map(({ trace_id }) => trace_id),
    amongSpans: messages.map(({ span_id }) => span_id),
  },
});

/** No subject holds a space: several are separated by them. */
function bySubject(subjects: string): Condition {
  const [subject = '', ...more] = subjects.trim().split(/\s+/);
  if (more.length > 0) {
    const anyOf = [subject, ...more].map((one) => `(?:${patternRegex(one)})`).join('|');
    return { sql: 'match(subject, {subject:String})', params: { subject: anyOf } };
  }
  if (!isPattern(subject)) return { sql: 'subject = {subject:String}', params: { subject } };
  return { sql: 'match(subject, {subject:String})', params: { subject: patternRegex(subject) } };
}

/** A NATS pattern as an RE2 expression: `*` is one token, a final `>` one or more. */
export function patternRegex(pattern: string): string {
  const tokens = pattern.split('.');
  const parts = tokens.map((token, index) => {
    if (token === '*') return '[^.]+';
    if (token === '>' && index === tokens.length - 1) return '.+';
    return token.replace(/[^\w-]/gu, (char) => `\\x{${char.codePointAt(0)!.toString(16)}}`);
  });
  return `^${parts.join('\\.')}$`;
}

function byText(text: string): Condition {
  const message = parseMessageId(text);
  if (message) {
    return {
      sql: `spans.trace_id = toFixedString(unhex({trace:String}), 16)
        AND spans.span_id = toFixedString(unhex({span:String}), 8)`,
      params: { trace: message.traceId, span: message.spanId },
    };
  }
  const traceId = parseTraceId(text);
  if (traceId) {
    return {
      sql: 'spans.trace_id = toFixedString(unhex({trace:String}), 16)',
      params: { trace: traceId },
    };
  }
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const inLogs = `spans.trace_id IN (SELECT logs.trace_id FROM logs
      WHERE hasAllTokens(body, {words:Array(String)}) AND ${hexId('logs.trace_id', 16)} != ''
        AND logs.time >= fromUnixTimestamp64Nano({since:Int64}, 'UTC') LIMIT ${MAX_TEXT_TRACES})`;
  return {
    sql: `positionCaseInsensitive(subject, {text:String}) > 0 OR message_key = {text:String}
      OR spans.trace_id IN (SELECT spans.trace_id FROM spans
        WHERE has(mapValues(attributes), {text:String})
          AND spans.start >= fromUnixTimestamp64Nano({since:Int64}, 'UTC') LIMIT ${MAX_TEXT_TRACES})
      ${words.length > 0 ? `OR ${inLogs}` : ''}`,
    params: words.length > 0 ? { text, words } : { text },
  };
}

function before({ start, spanId }: PublishCursor): Condition {
  return {
    sql: `spans.start <= fromUnixTimestamp64Nano({afterStart:Int64}, 'UTC')
      AND (spans.start, spans.span_id) <
        (fromUnixTimestamp64Nano({afterStart:Int64}, 'UTC'), toFixedString(unhex({afterSpan:String}), 8))`,
    params: { afterStart: BigInt(start), afterSpan: spanId },
  };
}
