import type { Database } from '../database.ts';
import { type Bounds, boundParams, hexId, idIn, within } from './bounds.ts';

export interface LogRow {
  time: string;
  service: string;
  severity: string;
  severity_number: number;
  body: string;
  /** '' outside a span. */
  trace_id: string;
  span_id: string;
  attributes: Record<string, string>;
}

/** Log records of the given traces, oldest first, at most `limit`. */
export function traceLogs(
  database: Database,
  args: Bounds & { traceIds: readonly string[]; limit: number },
): Promise<LogRow[]> {
  if (args.traceIds.length === 0) return Promise.resolve([]);
  return database.query<LogRow>({
    tag: 'trace-logs',
    sql: `SELECT toUnixTimestamp64Nano(time) AS time, service, severity, severity_number,
        body, ${hexId('logs.trace_id', 16)} AS trace_id, ${hexId('logs.span_id', 8)} AS span_id,
        attributes
      FROM logs
      WHERE ${idIn('logs.trace_id', 'traces', 16)} AND ${within('logs.time')}
      ORDER BY logs.time LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), traces: args.traceIds, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
