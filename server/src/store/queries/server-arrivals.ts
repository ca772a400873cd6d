import type { Database } from '../database.ts';
import type { RolledBounds } from '../rollups/range.ts';
import { rolledTraffic } from '../rollups/rolled-traffic.ts';

/** Messages that one server took from one client connection. */
export interface ServerArrivalRow {
  /** Name of the publisher's connection; '' when it gave none. */
  connection: string;
  server: string;
  cluster: string;
  domain: string;
  count: string;
}

/** Where publishers are connected: a connection's name and the server that took its messages. */
export function serverArrivals(
  database: Database,
  args: RolledBounds & { limit: number },
): Promise<ServerArrivalRow[]> {
  const arrivals = rolledTraffic(args, ['arrival']);
  return database.query<ServerArrivalRow>({
    tag: 'server-arrivals',
    sql: `SELECT toString(key[1]) AS connection, toString(key[2]) AS server, toString(key[3]) AS cluster,
        toString(key[4]) AS domain, toString(sum(arrivals.count) AS total) AS count
      FROM ${arrivals.sql} AS arrivals
      GROUP BY key ORDER BY total DESC, key LIMIT {limit:UInt32}`,
    params: { ...arrivals.params, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
