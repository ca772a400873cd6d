import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

/** What one service did through one NATS connection ('' for spans that tell none). */
export interface ServiceActivityRow {
  service: string;
  connection: string;
  spans: string;
  errors: string;
}

/** Services seen within the bounds with the names of their connections. */
export function serviceActivity(
  database: Database,
  args: Bounds & { limit: number },
): Promise<ServiceActivityRow[]> {
  return database.query<ServiceActivityRow>({
    tag: 'service-activity',
    sql: `SELECT service, connection, toString(count()) AS spans,
        toString(countIf(status = 'ERROR')) AS errors
      FROM spans
      WHERE kind IN ('SERVER', 'PRODUCER', 'CONSUMER') AND service != '' AND ${within('start')}
      GROUP BY service, connection ORDER BY count() DESC LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
