import { isInternalSubject, unixNs } from '@hopline/model';
import type { ConversationResponse, ConversationSpan, ConversationTrace } from '@hopline/model/api';
import { causeOf } from '../insight/causes.ts';
import { earliest, latest } from '../insight/extremes.ts';
import { creationContexts, isPublish, type SpanIndex, spanKey } from '../insight/span-index.ts';
import { type SpanHead, traceHeads } from '../store/store.ts';
import { type ApiContext, wholeRange } from './api-context.ts';
import { NotFound } from './errors.ts';
import { tracesAround } from './linked-traces.ts';
import { concludePaths, loadTraces } from './message-rows.ts';
import { summaryView } from './message-view.ts';

const MAX_TRACES = 100;
const MAX_SPANS = 10_000;
const MAX_MESSAGES = 1_000;

/** GET /api/v1/traces/{traceId}/conversation */
export async function getConversation(
  context: ApiContext,
  { traceId }: { traceId: string },
): Promise<ConversationResponse> {
  const around = await tracesAround(context, traceId, MAX_TRACES);
  const ask = { ...wholeRange(context), traceIds: around.traceIds, limit: MAX_SPANS + 1 };
  const heads = await traceHeads(context.database, ask);
  if (!heads.some((span) => span.trace_id === traceId)) {
    throw new NotFound(`cannot find trace ${traceId}: no span of it is stored`);
  }
  const start = earliest(heads.map((span) => unixNs(span.start))) ?? unixNs(0n);
  const rows = await loadTraces(context, around.traceIds, start);
  const spans = heads.slice(0, MAX_SPANS);
  const publishes = spans.filter((span) => isPublish(span) && !isInternalSubject(span.subject));
  const shown = publishes.slice(0, MAX_MESSAGES);
  const { paths } = await concludePaths(context, shown, rows);
  const views = spans.map((span) => conversationSpan(span, rows.index));
  return {
    traceId,
    ...extent(spans),
    traces: [...Map.groupBy(views, (span) => span.traceId).values()].map((own) =>
      conversationTrace(own, publishes),
    ),
    spans: views,
    messages: paths.map((path) => ({
      ...summaryView(path),
      causedBy: causeOf(rows.index, path.publish),
    })),
    truncated: around.truncated || heads.length > MAX_SPANS || publishes.length > MAX_MESSAGES,
  };
}

function conversationTrace(
  spans: readonly ConversationSpan[],
  publishes: readonly SpanHead[],
): ConversationTrace {
  const { traceId, name } = spans[0]!;
  const known = new Set<string>(publishes.map(spanKey));
  const others = spans.flatMap(({ handles }) =>
    handles.filter((id) => known.has(id) && !id.startsWith(traceId)),
  );
  return {
    traceId,
    name,
    ...extent(spans.map(({ start, duration }) => ({ start, duration_ns: duration }))),
    services: [...new Set(spans.map(({ service }) => service))],
    spans: spans.length,
    errors: spans.filter(({ status }) => status === 'ERROR').length,
    messages: publishes.filter((publish) => publish.trace_id === traceId).length,
    continues: [...new Set(others)],
  };
}

function conversationSpan(span: SpanHead, index: SpanIndex): ConversationSpan {
  return {
    traceId: span.trace_id,
    spanId: span.span_id,
    parentSpanId: span.parent_span_id || null,
    name: span.name,
    kind: span.kind,
    service: span.service,
    start: span.start,
    duration: span.duration_ns,
    status: span.status,
    operation: span.operation_name,
    subject: span.subject,
    handles: handledBy(span, index),
  };
}

/** Links of other spans, and parents of handlers that are no message, mean something else. */
function handledBy(span: SpanHead, index: SpanIndex): string[] {
  if (span.kind !== 'CONSUMER' && span.operation_type !== 'receive') return [];
  return creationContexts(span, index.parentOf(span)).filter((id) => {
    const message = index.get(id);
    return message === undefined || isPublish(message);
  });
}

function extent(spans: readonly { start: string; duration_ns: string }[]): {
  start: string;
  duration: string;
} {
  const start = earliest(spans.map((span) => BigInt(span.start))) ?? 0n;
  const end = latest(spans.map((span) => BigInt(span.start) + BigInt(span.duration_ns))) ?? start;
  return { start: String(start), duration: String(end - start) };
}
