import type { Database } from '../database.ts';
import type { RolledBounds } from '../rollups/range.ts';
import { rolledTraffic } from '../rollups/rolled-traffic.ts';
import { percentile } from '../rollups/sketch.ts';

/** Messages of one kind between one service and one subject pattern, on the side of `kind`. */
export interface FlowRow {
  kind: 'PRODUCER' | 'CONSUMER';
  service: string;
  /** Pattern of the message's own subject, even where the consumer's template is a wildcard. */
  subject_pattern: string;
  is_request: 0 | 1;
  stream: string;
  consumer: string;
  queue_group: string;
  count: string;
  errors: string;
  /** Of the spans: publish until acknowledged, or the handler. */
  duration_p50: number;
  duration_p99: number;
  /** From the store to the consumer's client; NaN comes as null. */
  queue_p50: number | null;
  queue_p99: number | null;
}

/**
 * Who sends and who handles what. Each side is counted by itself: no window of time and no join stands
 * between a producer and its consumers; the subject pattern joins them.
 */
export function messageFlows(
  database: Database,
  args: RolledBounds & { limit: number },
): Promise<FlowRow[]> {
  const flows = rolledTraffic(args, ['flow', 'queue']);
  const published = rolledTraffic(args, ['flow']);
  const durationExtremes = {
    least: "minIf(least, fact = 'flow')",
    most: "maxIf(most, fact = 'flow')",
  };
  const queueExtremes = {
    least: "minIf(least, fact = 'queue')",
    most: "maxIf(most, fact = 'queue')",
  };
  return database.query<FlowRow>({
    tag: 'message-flows',
    // A consumer's template may be the wildcard it subscribed to; one that a producer uses is no wildcard.
    sql: `WITH sumMapIf(bins, bin_counts, fact = 'flow') AS duration,
        sumMapIf(bins, bin_counts, fact = 'queue') AS queue
      SELECT toString(key[1]) AS kind, toString(key[2]) AS service,
        if(key[4] = '' OR key[3] IN (SELECT key[3] FROM ${published.sql} WHERE key[1] = 'PRODUCER'),
          toString(key[3]), toString(key[4])) AS subject_pattern,
        toUInt8(key[5] = '1') AS is_request, toString(key[6]) AS stream, toString(key[7]) AS consumer,
        toString(key[8]) AS queue_group,
        toString(sumIf(flows.count, fact = 'flow') AS total) AS count,
        toString(sumIf(flows.failed, fact = 'flow')) AS errors,
        ${percentile(0.5, 'duration', durationExtremes)} AS duration_p50,
        ${percentile(0.99, 'duration', durationExtremes)} AS duration_p99,
        if(empty(queue.1), NULL, ${percentile(0.5, 'queue', queueExtremes)}) AS queue_p50,
        if(empty(queue.1), NULL, ${percentile(0.99, 'queue', queueExtremes)}) AS queue_p99
      FROM ${flows.sql} AS flows
      GROUP BY kind, service, subject_pattern, is_request, stream, consumer, queue_group
      ORDER BY total DESC, kind, service, subject_pattern, is_request, stream, consumer, queue_group
      LIMIT {limit:UInt32}`,
    params: { ...flows.params, ...published.params, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
