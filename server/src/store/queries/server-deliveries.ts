import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';
import { internalParams, notInternal, OWN_PATTERN } from './subject-sql.ts';

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
  args: Bounds & { limit: number },
): Promise<ServerDeliveryRow[]> {
  return database.query<ServerDeliveryRow>({
    tag: 'server-deliveries',
    sql: `SELECT to_name AS connection,
        ${OWN_PATTERN} AS subject_pattern,
        to_subscription AS subscription, to_queue AS queue_group, server_name AS server, cluster,
        domain, toString(count()) AS count, toString(countIf(to_error != '')) AS errors
      FROM hops
      ARRAY JOIN egress_kind AS to_kind, egress_name AS to_name,
        egress_subscription AS to_subscription, egress_queue AS to_queue, egress_error AS to_error
      WHERE to_kind = 'client' AND to_subscription != '' AND ${within('time')}
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
