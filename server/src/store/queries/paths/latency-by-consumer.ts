import type { Database } from '../../database.ts';
import type { RolledBounds } from '../../rollups/range.ts';
import { rolledDeliveries, stepBegin } from '../../rollups/rolled-deliveries.ts';
import { percentile } from '../../rollups/sketch.ts';

/** First attempts of one service, of messages that were published in one step; or in the whole range. */
export interface LatencyByConsumerRow {
  /** Service that handled them. */
  consumer: string;
  /** Begin of the step, Unix ns; '' for the whole range. */
  time: string;
  count: string;
  /** From publish to the handler's end, ns. */
  p50: number;
  p99: number;
}

/**
 * How long messages of the given subject patterns took to each service that handles them, over time; rows of the whole
 * range first, the busiest service on top, then steps by service, oldest first. At most `limit` rows.
 */
export function latencyByConsumer(
  database: Database,
  args: RolledBounds & { subjects: readonly string[]; stepSeconds: number; limit: number },
): Promise<LatencyByConsumerRow[]> {
  if (args.subjects.length === 0) return Promise.resolve([]);
  const deliveries = rolledDeliveries(args, args.stepSeconds);
  const extremes = { least: 'low', most: 'high' };
  return database.query<LatencyByConsumerRow>({
    tag: 'latency-by-consumer',
    sql: `SELECT consumer, time, toString(attempts) AS count,
        ${percentile(0.5, 'merged', extremes)} AS p50, ${percentile(0.99, 'merged', extremes)} AS p99
      FROM (
        SELECT toString(deliveries.consumer) AS consumer, ${stepBegin('{step:UInt32}')} AS time,
          sum(deliveries.count) AS attempts, min(least) AS low, max(most) AS high,
          sumMap(deliveries.bins, deliveries.bin_counts) AS merged
        FROM ${deliveries.sql} AS deliveries
        WHERE is_first AND deliveries.stage = 'total'
          AND deliveries.subject_pattern IN {subjects:Array(String)}
        GROUP BY GROUPING SETS ((consumer, time), (consumer)))
      ORDER BY time = '' DESC, if(time = '', attempts, 0) DESC, consumer, time LIMIT {limit:UInt32}`,
    params: {
      ...deliveries.params,
      subjects: [...args.subjects],
      step: args.stepSeconds,
      limit: args.limit,
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
