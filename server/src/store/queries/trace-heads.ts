import type { Database } from '../database.ts';
import { type Bounds, boundParams, idIn, within } from './bounds.ts';
import { SPAN_HEAD_COLUMNS, type SpanHead } from './span-head.ts';

/**
 * All spans of the given traces, without maps, each once, in order of start, at most `limit`: what is
 * needed to find deliveries, settlements, and what a handler published.
 */
export function traceHeads(
  database: Database,
  args: Bounds & { traceIds: readonly string[]; limit: number },
): Promise<SpanHead[]> {
  if (args.traceIds.length === 0) return Promise.resolve([]);
  return database.query<SpanHead>({
    tag: 'trace-heads',
    sql: `SELECT ${SPAN_HEAD_COLUMNS} FROM spans
      WHERE ${idIn('spans.trace_id', 'traces', 16)} AND ${within('spans.start')}
      ORDER BY spans.start, spans.span_id
      LIMIT 1 BY spans.trace_id, spans.span_id LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), traces: args.traceIds, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
