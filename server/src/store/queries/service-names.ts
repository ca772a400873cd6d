import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

/** Names of the services that sent spans within the bounds, in order, at most `limit`. */
export async function serviceNames(
  database: Database,
  args: Bounds & { limit: number },
): Promise<string[]> {
  const rows = await database.query<{ service: string }>({
    tag: 'service-names',
    sql: `SELECT service FROM spans WHERE service != '' AND ${within('start')}
      GROUP BY service ORDER BY service LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
  return rows.map((row) => row.service);
}
