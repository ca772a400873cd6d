import type { Database } from '../database.ts';
import { type Bounds, boundParams, idIn, within } from './bounds.ts';

type Ask = Bounds & { traceIds: readonly string[]; limit: number };

/** Traces with a span that links to one of the given traces, oldest link first, at most `limit`. */
export const linkingTraces = (database: Database, args: Ask): Promise<string[]> =>
  traces(
    database,
    args,
    `WITH arrayMap(x -> toFixedString(unhex(x), 16), {traces:Array(String)}) AS wanted
      SELECT lower(hex(spans.trace_id)) AS id, min(spans.start) AS first FROM spans
      WHERE notEmpty(links.trace_id) AND hasAny(links.trace_id, wanted) AND ${within('spans.start')}`,
  );

/** Traces that spans of the given traces link to, oldest link first, at most `limit`. */
export const linkedTraces = (database: Database, args: Ask): Promise<string[]> =>
  traces(
    database,
    args,
    `SELECT lower(hex(arrayJoin(links.trace_id))) AS id, min(spans.start) AS first FROM spans
      WHERE notEmpty(links.trace_id) AND ${idIn('spans.trace_id', 'traces', 16)}
        AND ${within('spans.start')}`,
  );

async function traces(database: Database, args: Ask, sql: string): Promise<string[]> {
  if (args.traceIds.length === 0 || args.limit <= 0) return [];
  const rows = await database.query<{ id: string }>({
    tag: 'linked-traces',
    sql: `SELECT id FROM (${sql} GROUP BY id ORDER BY first, id LIMIT {limit:UInt32})`,
    params: { ...boundParams(args), traces: args.traceIds, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
  return rows.map(({ id }) => id);
}
