import type { Database } from '../../database.ts';
import type { RolledBounds } from '../../rollups/range.ts';
import { rolledDeliveries } from '../../rollups/rolled-deliveries.ts';
import { percentile } from '../../rollups/sketch.ts';
import type { PathFilter } from './delivery-stages.ts';

/** One path: producer, subject pattern, consumer service. */
export interface PathRow {
  producer: string;
  subject_pattern: string;
  consumer: string;
  /** First attempts, each message and consumer once. */
  deliveries: string;
  /** Attempts after the first. */
  redeliveries: string;
  /** Attempts whose handler ended in an error. */
  errors: string;
  /** From publish to the end of the first attempt, ns. */
  total_avg: number;
  total_p50: number;
  total_p99: number;
  total_max: string;
  /** Stage with the largest sum over first attempts, and its share of all stages. */
  slowest_stage: string;
  slowest_share: number;
}

/** Paths whose messages were published within the bounds, busiest first. */
export function pathList(
  database: Database,
  args: RolledBounds & PathFilter & { limit: number },
): Promise<PathRow[]> {
  const deliveries = rolledDeliveries(args);
  return database.query<PathRow>({
    tag: 'path-list',
    sql: `WITH is_first AND stage = 'total' AS is_total, is_first AND stage != 'total' AS is_part,
        sumMapIf([toString(stage)], [sum], is_part) AS sums,
        arrayReverseSort((name, time) -> (time, name), sums.1, sums.2) AS names,
        sumMapIf(bins, bin_counts, is_total) AS merged,
        minIf(least, is_total) AS total_min, maxIf(most, is_total) AS total_most
      SELECT producer, subject_pattern, consumer,
        toString(sumIf(count, is_total) AS firsts) AS deliveries,
        toString(sumIf(count, NOT is_first AND stage = 'total')) AS redeliveries,
        toString(sumIf(failed, stage = 'total')) AS errors,
        ifNotFinite(toFloat64(sumIf(sum, is_total)) / firsts, 0) AS total_avg,
        ${percentile(0.5, 'merged', { least: 'total_min', most: 'total_most' })} AS total_p50,
        ${percentile(0.99, 'merged', { least: 'total_min', most: 'total_most' })} AS total_p99,
        toString(total_most) AS total_max,
        names[1] AS slowest_stage,
        ifNotFinite(toFloat64(arrayMax(sums.2)) / toFloat64(arraySum(sums.2)), 0) AS slowest_share
      FROM ${deliveries.sql}
      GROUP BY producer, subject_pattern, consumer
      ORDER BY sumIf(count, stage = 'total') DESC, producer, subject_pattern, consumer
      LIMIT {limit:UInt32}`,
    params: { ...deliveries.params, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
