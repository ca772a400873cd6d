import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

/** What one process handled of a consumer's messages, deliveries told twice counted once. */
export interface ConsumerInstanceRow {
  service: string;
  instance: string;
  handled: string;
  failed: string;
  /** Unix ns: end of the last handler. */
  last_at: string;
  /** Of the handlers, ns. */
  duration_p50: number;
  duration_p99: number;
}

/** Processes that handled messages of one consumer, the busiest first, at most `limit`. */
export function consumerInstances(
  database: Database,
  args: Bounds & { stream: string; consumer: string; limit: number },
): Promise<ConsumerInstanceRow[]> {
  return database.query<ConsumerInstanceRow>({
    tag: 'consumer-instances',
    sql: `SELECT toString(service) AS service, toString(instance) AS instance,
        toString(uniqExact(trace_id, span_id) AS total) AS handled,
        toString(uniqExactIf((trace_id, span_id), status = 'ERROR')) AS failed,
        toString(max(toUnixTimestamp64Nano(start) + toInt64(duration_ns))) AS last_at,
        quantile(0.5)(duration_ns) AS duration_p50, quantile(0.99)(duration_ns) AS duration_p99
      FROM spans
      WHERE ${within('start')} AND operation_type = 'process'
        AND stream = {stream:String} AND consumer = {consumer:String}
      GROUP BY service, instance ORDER BY total DESC, service, instance LIMIT {limit:UInt32}`,
    params: {
      ...boundParams(args),
      stream: args.stream,
      consumer: args.consumer,
      limit: args.limit,
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
