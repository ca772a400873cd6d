import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';
import { SPAN_HEAD_COLUMNS, type SpanHead } from './span-head.ts';

/**
 * Spans of any trace that link to a span of the given traces (back-links): the consumers that started a
 * trace of their own. Each once, in order of start, at most `limit`.
 */
export function linkingSpans(
  database: Database,
  args: Bounds & { traceIds: readonly string[]; limit: number },
): Promise<SpanHead[]> {
  if (args.traceIds.length === 0) return Promise.resolve([]);
  return database.query<SpanHead>({
    tag: 'linking-spans',
    sql: `WITH arrayMap(x -> toFixedString(unhex(x), 16), {traces:Array(String)}) AS wanted
      SELECT ${SPAN_HEAD_COLUMNS} FROM spans
      WHERE notEmpty(links.trace_id) AND hasAny(links.trace_id, wanted) AND ${within('spans.start')}
      ORDER BY spans.start, spans.span_id
      LIMIT 1 BY spans.trace_id, spans.span_id LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), traces: args.traceIds, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
