import type { Database } from '../database.ts';
import type { RolledBounds } from '../rollups/range.ts';
import { rolledTraffic } from '../rollups/rolled-traffic.ts';

/** Core NATS deliveries that a server reported to one client connection and subscription. */
export interface ServerDeliveryRow {
  /** Name of the client's connection; '' when it gave none. */
  connection: string;
  subject_pattern: string;
  subscription: string;
  queue_group: string;
  server: string;
  cluster: string;
  domain: string;
  count: string;
  errors: string;
}

/** Deliveries from the servers' trace events: what reached clients that send no spans too. */
export function serverDeliveries(
  database: Database,
  args: RolledBounds & { limit: number },
): Promise<ServerDeliveryRow[]> {
  const deliveries = rolledTraffic(args, ['delivery']);
  return database.query<ServerDeliveryRow>({
    tag: 'server-deliveries',
    sql: `SELECT toString(key[1]) AS connection, toString(key[2]) AS subject_pattern,
        toString(key[3]) AS subscription, toString(key[4]) AS queue_group, toString(key[5]) AS server,
        toString(key[6]) AS cluster, toString(key[7]) AS domain,
        toString(sum(deliveries.count) AS total) AS count, toString(sum(deliveries.failed)) AS errors
      FROM ${deliveries.sql} AS deliveries
      GROUP BY key ORDER BY total DESC, key LIMIT {limit:UInt32}`,
    params: { ...deliveries.params, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
