import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';
import { distinctSpans, distinctSpansIf } from './distinct-spans.ts';

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
  args: Bounds & { limit: number },
): Promise<ServiceActivityRow[]> {
  return database.query<ServiceActivityRow>({
    tag: 'service-activity',
    sql: `SELECT service, connection, toString(${distinctSpans()}) AS spans,
        toString(${distinctSpansIf("status = 'ERROR'")}) AS errors
      FROM spans
      WHERE (kind IN ('SERVER', 'PRODUCER', 'CONSUMER') OR (kind = 'CLIENT' AND system = ''))
        AND service != '' AND ${within('start')}
      GROUP BY service, connection ORDER BY count() DESC LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
