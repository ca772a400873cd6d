import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';
import { SPAN_HEAD_COLUMNS, type SpanHead } from './span-head.ts';

/** The publish span of one message; empty when it is not stored. */
export function publishSpan(
  database: Database,
  args: Bounds & { traceId: string; spanId: string },
): Promise<SpanHead[]> {
  return database.query<SpanHead>({
    tag: 'publish-span',
    sql: `SELECT ${SPAN_HEAD_COLUMNS} FROM spans
      WHERE spans.trace_id = toFixedString(unhex({trace:String}), 16)
        AND spans.span_id = toFixedString(unhex({span:String}), 8) AND ${within('spans.start')}
      LIMIT 1`,
    params: { ...boundParams(args), trace: args.traceId, span: args.spanId },
    maxRows: 1,
    timeoutMs: args.timeoutMs,
  });
}
