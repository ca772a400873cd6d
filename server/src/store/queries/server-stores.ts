import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';
import { internalParams, notInternal, OWN_PATTERN } from './subject-sql.ts';

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
  args: Bounds & { limit: number },
): Promise<ServerStoreRow[]> {
  return database.query<ServerStoreRow>({
    tag: 'server-stores',
    sql: `SELECT ${OWN_PATTERN} AS subject_pattern, stream,
        toString(count()) AS count, toString(countIf(store_error != '')) AS errors,
        quantilesTDigestIf(0.5, 0.99)(
          toInt64(store_time) - toUnixTimestamp64Nano(time), store_time > 0) AS took,
        if(isNaN(took[1]), NULL, took[1]) AS p50, if(isNaN(took[2]), NULL, took[2]) AS p99
      FROM hops
      WHERE stream != '' AND ${within('time')}
        AND ${notInternal('subject')}
      GROUP BY ALL ORDER BY count() DESC LIMIT {limit:UInt32}`,
    params: {
      ...boundParams(args),
      ...internalParams,
      limit: args.limit,
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
