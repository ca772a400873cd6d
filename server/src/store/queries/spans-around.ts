import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';
import { SPAN_HEAD_COLUMNS, type SpanHead } from './span-head.ts';

/**
 * All spans of the given traces, and of the traces that link to one of theirs (back-links): the consumers
 * that started a trace of their own. Without maps, each once, at most `limit`; of more, first the traces' own,
 * then those that link, then the rest. One statement: three would plan, and look through the indexes, three times.
 */
export function spansAround(
  database: Database,
  args: Bounds & { traceIds: readonly string[]; limit: number },
): Promise<SpanHead[]> {
  if (args.traceIds.length === 0) return Promise.resolve([]);
  return database.query<SpanHead>({
    tag: 'spans-around',
    sql: `WITH arrayMap(x -> toFixedString(unhex(x), 16), {traces:Array(String)}) AS wanted
      SELECT ${SPAN_HEAD_COLUMNS} FROM spans
      WHERE ${within('spans.start')} AND spans.trace_id IN (
        SELECT arrayJoin(wanted)
        UNION ALL SELECT spans.trace_id FROM spans
        WHERE notEmpty(links.trace_id) AND hasAny(links.trace_id, wanted) AND ${within('spans.start')})
      ORDER BY multiIf(has(wanted, spans.trace_id), 0, hasAny(links.trace_id, wanted), 1, 2),
        spans.start, spans.span_id
      LIMIT 1 BY spans.trace_id, spans.span_id LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), traces: args.traceIds, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
