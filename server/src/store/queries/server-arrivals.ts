import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

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
  args: Bounds & { limit: number },
): Promise<ServerArrivalRow[]> {
  return database.query<ServerArrivalRow>({
    tag: 'server-arrivals',
    sql: `SELECT ingress_name AS connection, server_name AS server, cluster, domain,
        toString(count()) AS count
      FROM hops WHERE ingress_kind = 'client' AND ${within('time')}
      GROUP BY ALL ORDER BY count() DESC LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
