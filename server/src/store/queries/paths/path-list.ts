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
  const extremes = { least: 'low', most: 'high' };
  return database.query<PathRow>({
    tag: 'path-list',
    // Sums first, figures of them after: the engine resolves an aggregate anew wherever its alias stands.
    sql: `SELECT producer, subject_pattern, consumer, toString(firsts) AS deliveries,
        toString(attempts - firsts) AS redeliveries, toString(failures) AS errors,
        ifNotFinite(toFloat64(totals) / firsts, 0) AS total_avg,
        ${percentile(0.5, 'merged', extremes)} AS total_p50,
        ${percentile(0.99, 'merged', extremes)} AS total_p99, toString(high) AS total_max,
        arrayReverseSort((name, time) -> (time, name), parts.1, parts.2)[1] AS slowest_stage,
        ifNotFinite(toFloat64(arrayMax(parts.2)) / toFloat64(arraySum(parts.2)), 0) AS slowest_share
      FROM (
        SELECT producer, subject_pattern, consumer, sumIf(count, is_total AND is_first) AS firsts,
          sumIf(count, is_total) AS attempts, sumIf(failed, is_total) AS failures,
          sumIf(sum, is_total AND is_first) AS totals, minIf(least, is_total AND is_first) AS low,
          maxIf(most, is_total AND is_first) AS high,
          sumMapIf(bins, bin_counts, is_total AND is_first) AS merged,
          sumMapIf([name], [sum], is_first AND NOT is_total) AS parts
        FROM (SELECT *, toString(stage) AS name, stage = 'total' AS is_total FROM ${deliveries.sql})
        GROUP BY producer, subject_pattern, consumer)
      ORDER BY attempts DESC, producer, subject_pattern, consumer
      LIMIT {limit:UInt32}`,
    params: { ...deliveries.params, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
