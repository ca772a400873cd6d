import { isPattern, parseMessageId, parseTraceId } from '@hopline/model';
import type { Database, ParamValue } from '../database.ts';
import { type Bounds, boundParams, hexId, within } from './bounds.ts';
import { SPAN_HEAD_COLUMNS, type SpanHead } from './span-head.ts';
import { internalParams, NOT_INTERNAL } from './subject-sql.ts';

/** Position in the list: the last span of the page before. */
export interface PublishCursor {
  start: string;
  spanId: string;
}

export interface PublishFilter {
  /** Producer or consumer, exact. */
  service?: string | undefined;
  /** Exact subject, or a pattern with `*` and `>`. */
  subject?: string | undefined;
  /** In the subject; or the message key, trace id, message id, a log's words, an attribute's value. */
  text?: string | undefined;
  after?: PublishCursor | undefined;
}

/** Traces that a search in logs or attributes may add: a text in more of them is no search term. */
const MAX_TEXT_TRACES = 10_000;

interface Condition {
  sql: string;
  params: Record<string, ParamValue>;
}

/** Messages published within the bounds, newest first; subjects that NATS uses for itself left out. */
export function publishSpans(
  database: Database,
  args: Bounds & PublishFilter & { limit: number },
): Promise<SpanHead[]> {
  const conditions: Condition[] = [
    { sql: `spans.kind = 'PRODUCER' AND ${within('spans.start')}`, params: boundParams(args) },
    {
      sql: NOT_INTERNAL,
      params: internalParams,
    },
  ];
  if (args.service !== undefined) conditions.push(byService(args.service));
  if (args.subject !== undefined) conditions.push(bySubject(args.subject));
  if (args.text !== undefined && args.text !== '') conditions.push(byText(args.text));
  if (args.after !== undefined) conditions.push(before(args.after));
  return database.query<SpanHead>({
    tag: 'publish-spans',
    sql: `SELECT ${SPAN_HEAD_COLUMNS} FROM spans
      WHERE ${conditions.map(({ sql }) => `(${sql})`).join(' AND ')}
      ORDER BY spans.start DESC, spans.span_id DESC LIMIT {limit:UInt32}`,
    params: Object.assign({ limit: args.limit }, ...conditions.map(({ params }) => params)),
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}

/** A consumer counts whenever it came: its span has no upper bound in time, only the message has. */
function byService(service: string): Condition {
  const contexts = `SELECT spans.trace_id, spans.parent_span_id FROM spans
      WHERE kind = 'CONSUMER' AND service = {service:String}
        AND spans.start >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
    UNION ALL
    SELECT links.trace_id, links.span_id FROM spans ARRAY JOIN links
      WHERE kind = 'CONSUMER' AND service = {service:String}
        AND spans.start >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')`;
  return {
    sql: `service = {service:String} OR (spans.trace_id, spans.span_id) IN (${contexts})`,
    params: { service },
  };
}

function bySubject(subject: string): Condition {
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
        AND logs.time >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') LIMIT ${MAX_TEXT_TRACES})`;
  return {
    sql: `positionCaseInsensitive(subject, {text:String}) > 0 OR message_key = {text:String}
      OR spans.trace_id IN (SELECT spans.trace_id FROM spans
        WHERE has(mapValues(attributes), {text:String})
          AND spans.start >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') LIMIT ${MAX_TEXT_TRACES})
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
