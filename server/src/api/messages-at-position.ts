import { isInternalSubject } from '@hopline/model';
import { storedAt } from '../insight/message-path.ts';
import { isPublish, type SpanIndex } from '../insight/span-index.ts';
import { type Bounds, type Position, type SpanHead, tracesAtPosition } from '../store/store.ts';
import { type ApiContext, wholeRange } from './api-context.ts';
import { loadTraces, type TraceRows } from './message-rows.ts';

/** One sequence of many streams; what is over it is left out. */
const MAX_TRACES = 1_000;

/** Publish spans, newest first, and all rows about their traces. */
interface FoundMessages {
  publishes: SpanHead[];
  rows: TraceRows;
}

/**
 * The messages that a stream stored at a sequence, published within the bounds. Who tells the place is found by
 * an index; which messages it is the place of is concluded as on their own pages.
 */
export async function messagesAtPosition(
  context: ApiContext,
  { stream, sequence, from, to }: Position & Pick<Bounds, 'from' | 'to'>,
): Promise<FoundMessages> {
  const whole = wholeRange(context);
  const traceIds = await tracesAtPosition(context.database, {
    stream,
    sequence,
    since: whole.from,
    limit: MAX_TRACES,
    timeoutMs: context.queryTimeoutMs,
  });
  const found = await loadTraces(context, traceIds, whole.from);
  const further = batchTraces(found.index, traceIds);
  const rows =
    further.length === 0
      ? found
      : await loadTraces(context, [...traceIds, ...further].slice(0, MAX_TRACES), whole.from);
  const publishes = rows.index.spans.filter((span) => {
    const start = BigInt(span.start);
    if (!isPublish(span) || isInternalSubject(span.subject) || start < from || start > to)
      return false;
    return storedAt(span, rows.index.handlersOf(span)).some(
      (at) => at.sequence === sequence && (stream === undefined || at.stream === stream),
    );
  });
  return { publishes: publishes.reverse(), rows };
}

/** Traces of a batch's messages: only its receive span links to them, and its handlers tell the place. */
function batchTraces({ spans }: SpanIndex, traceIds: readonly string[]): string[] {
  const known = new Set(traceIds);
  const linked = spans
    .filter(({ trace_id, operation_type }) => operation_type === 'receive' && known.has(trace_id))
    .flatMap(({ link_trace_ids }) => link_trace_ids);
  return [...new Set(linked)].filter((id) => !known.has(id));
}
