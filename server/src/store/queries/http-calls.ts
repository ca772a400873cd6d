import type { Database } from '../database.ts';
import type { RolledBounds } from '../rollups/range.ts';
import { rolledTraffic } from '../rollups/rolled-traffic.ts';
import { percentile } from '../rollups/sketch.ts';

/** HTTP calls from one service to another. */
export interface HttpCallRow {
  caller: string;
  callee: string;
  count: string;
  errors: string;
  /** Of the caller's span, ns. */
  p50: number;
  p99: number;
}

/** HTTP calls made within the bounds, whose client span and server span are both stored. */
export function httpCalls(
  database: Database,
  args: RolledBounds & { limit: number },
): Promise<HttpCallRow[]> {
  const calls = rolledTraffic(args, ['http']);
  const extremes = { least: 'min(least)', most: 'max(most)' };
  return database.query<HttpCallRow>({
    tag: 'http-calls',
    sql: `WITH sumMap(bins, bin_counts) AS merged
      SELECT toString(key[1]) AS caller, toString(key[2]) AS callee,
        toString(sum(calls.count) AS total) AS count, toString(sum(calls.failed)) AS errors,
        ${percentile(0.5, 'merged', extremes)} AS p50, ${percentile(0.99, 'merged', extremes)} AS p99
      FROM ${calls.sql} AS calls
      GROUP BY key ORDER BY total DESC, key LIMIT {limit:UInt32}`,
    params: { ...calls.params, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
