import type { Database } from '../database.ts';
import type { RolledBounds } from '../rollups/range.ts';
import { rolledTraffic } from '../rollups/rolled-traffic.ts';
import { percentile } from '../rollups/sketch.ts';

/** Stored messages by subject pattern and stream, as the stream's leader reported them. */
export interface ServerStoreRow {
  subject_pattern: string;
  stream: string;
  count: string;
  errors: string;
  /** From the arrival at that server to the store (quorum included); null when nothing was stored. */
  p50: number | null;
  p99: number | null;
}

/** What went into which stream, and how long the servers needed for it. */
export function serverStores(
  database: Database,
  args: RolledBounds & { limit: number },
): Promise<ServerStoreRow[]> {
  const stores = rolledTraffic(args, ['store']);
  const extremes = {
    least: 'minIf(least, notEmpty(bins))',
    most: 'maxIf(most, notEmpty(bins))',
  };
  return database.query<ServerStoreRow>({
    tag: 'server-stores',
    sql: `WITH sumMap(bins, bin_counts) AS merged
      SELECT toString(key[1]) AS subject_pattern, toString(key[2]) AS stream,
        toString(sum(stores.count) AS total) AS count, toString(sum(stores.failed)) AS errors,
        if(empty(merged.1), NULL, ${percentile(0.5, 'merged', extremes)}) AS p50,
        if(empty(merged.1), NULL, ${percentile(0.99, 'merged', extremes)}) AS p99
      FROM ${stores.sql} AS stores
      GROUP BY key ORDER BY total DESC, key LIMIT {limit:UInt32}`,
    params: { ...stores.params, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
