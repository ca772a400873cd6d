/** A W3C trace id: 32 lower-case hex digits, not all zero. */
export type TraceId = string & { readonly __brand: 'TraceId' };
/** A W3C span id: 16 lower-case hex digits, not all zero. */
export type SpanId = string & { readonly __brand: 'SpanId' };
/**
 * A message's identity: the creation context that travelled in its `traceparent`, written
 * `<trace id>-<span id>`.
 */
export type MessageId = string & { readonly __brand: 'MessageId' };

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;

/** The trace id in `text` (any letter case), or null. */
export function parseTraceId(text: string): TraceId | null {
  const lower = text.trim().toLowerCase();
  return TRACE_ID.test(lower) ? (lower as TraceId) : null;
}

/** The span id in `text` (any letter case), or null. */
export function parseSpanId(text: string): SpanId | null {
  const lower = text.trim().toLowerCase();
  return SPAN_ID.test(lower) ? (lower as SpanId) : null;
}

/** The message id of a creation context. */
export function messageId(traceId: TraceId, spanId: SpanId): MessageId {
  return `${traceId}-${spanId}` as MessageId;
}

/** Both halves of a message id, or null when `text` is not one. */
export function parseMessageId(text: string): { traceId: TraceId; spanId: SpanId } | null {
  const [trace, span, ...rest] = text.trim().split('-');
  if (trace === undefined || span === undefined || rest.length > 0) return null;
  const traceId = parseTraceId(trace);
  const spanId = parseSpanId(span);
  return traceId && spanId ? { traceId, spanId } : null;
}

/** A creation context as it stands in a `traceparent` header. */
export interface TraceParent {
  traceId: TraceId;
  spanId: SpanId;
  sampled: boolean;
}

/**
 * Reads a `traceparent` header value (W3C Trace Context, version 00 and later versions' first four
 * fields). Null when it is not one.
 */
export function parseTraceparent(value: string): TraceParent | null {
  const [version, trace, span, flags] = value.trim().split('-');
  if (!version || !trace || !span || !flags || !/^[0-9a-f]{2}$/i.test(version)) return null;
  if (version.toLowerCase() === 'ff' || !/^[0-9a-f]{2}$/i.test(flags)) return null;
  const traceId = parseTraceId(trace);
  const spanId = parseSpanId(span);
  if (!traceId || !spanId) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
