import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

/** Start of the oldest span within the bounds, Unix ns; null when there is none. */
export async function firstSpan(database: Database, args: Bounds): Promise<string | null> {
  const rows = await database.query<{ start: string }>({
    tag: 'first-span',
    sql: `SELECT toString(toUnixTimestamp64Nano(spans.start)) AS start FROM spans
      WHERE ${within('spans.start')} ORDER BY spans.start LIMIT 1`,
    params: boundParams(args),
    maxRows: 1,
    timeoutMs: args.timeoutMs,
  });
  return rows[0]?.start ?? null;
}
