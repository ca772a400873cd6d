import type { Database } from '../database.ts';
import type { RolledBounds } from '../rollups/range.ts';
import { rolledTraffic } from '../rollups/rolled-traffic.ts';

/** Messages and calls, in and out, of one service through one NATS connection ('' where none is told). */
export interface ServiceActivityRow {
  service: string;
  connection: string;
  spans: string;
  errors: string;
}

/** Services seen within the bounds with the names of their connections. */
export function serviceActivity(
  database: Database,
  args: RolledBounds & { limit: number },
): Promise<ServiceActivityRow[]> {
  const activity = rolledTraffic(args, ['activity']);
  return database.query<ServiceActivityRow>({
    tag: 'service-activity',
    sql: `SELECT toString(key[1]) AS service, toString(key[2]) AS connection,
        toString(sum(activity.count) AS total) AS spans, toString(sum(activity.failed)) AS errors
      FROM ${activity.sql} AS activity
      GROUP BY key ORDER BY total DESC, key LIMIT {limit:UInt32}`,
    params: { ...activity.params, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
