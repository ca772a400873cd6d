import type { StageName } from '@hopline/model';
import type { Database } from '../../database.ts';
import type { RolledBounds } from '../../rollups/range.ts';
import { rolledDeliveries, stepBegin } from '../../rollups/rolled-deliveries.ts';
import { percentile } from '../../rollups/sketch.ts';
import type { PathFilter } from './delivery-stages.ts';

/** A stage of the first attempts of messages that were published in one step of time. */
export interface StageSeriesRow {
  /** Begin of the step, Unix ns. */
  time: string;
  stage: StageName | 'total';
  count: string;
  /** ns */
  avg: number;
  /** Of `total`; 0 of the others. */
  p99: number;
}

/** Where the time goes, over time: first attempts only. `stepSeconds` divides the range. */
export function stageSeries(
  database: Database,
  args: RolledBounds & PathFilter & { stepSeconds: number; limit: number },
): Promise<StageSeriesRow[]> {
  const deliveries = rolledDeliveries(args, args.stepSeconds);
  const extremes = { least: 'min(least)', most: 'max(most)' };
  return database.query<StageSeriesRow>({
    tag: 'stage-series',
    // P99 of the total alone: merging the others' bins would take most of the time.
    sql: `WITH sumMapIf(bins, bin_counts, deliveries.stage = 'total') AS merged
      SELECT ${stepBegin('{step:UInt32}')} AS time, toString(deliveries.stage) AS stage,
        toString(sum(deliveries.count)) AS count,
        toFloat64(sum(deliveries.sum)) / toFloat64(sum(deliveries.count)) AS avg,
        ${percentile(0.99, 'merged', extremes)} AS p99
      FROM ${deliveries.sql} AS deliveries
      WHERE is_first
      GROUP BY time, stage ORDER BY time, stage LIMIT {limit:UInt32}`,
    params: { ...deliveries.params, step: args.stepSeconds, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
