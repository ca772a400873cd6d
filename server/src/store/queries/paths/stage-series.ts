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
  /** Of the stage `heatOf`, empty of the others: bins of store/rollups/sketch.ts and their counts, in step. */
  bins: number[];
  bin_counts: string[];
}

/**
 * Where the time goes, over time: first attempts only. `stepSeconds` divides the range. With the bins of one
 * stage, for a heat map of it: another statement would read the same rows once more.
 */
export function stageSeries(
  database: Database,
  args: RolledBounds & PathFilter & { stepSeconds: number; heatOf: string; limit: number },
): Promise<StageSeriesRow[]> {
  const deliveries = rolledDeliveries(args, args.stepSeconds);
  const extremes = { least: 'low', most: 'high' };
  return database.query<StageSeriesRow>({
    tag: 'stage-series',
    // Bins of two stages at most: merging all would take most of the time.
    sql: `SELECT time, stage, toString(attempts) AS count, avg,
        if(stage = 'total', ${percentile(0.99, 'merged', extremes)}, 0) AS p99,
        if(stage = {heatOf:String}, merged.1, []) AS bins,
        if(stage = {heatOf:String}, merged.2, []) AS bin_counts
      FROM (
        SELECT ${stepBegin('{step:UInt32}')} AS time, toString(deliveries.stage) AS stage,
          sum(deliveries.count) AS attempts, toFloat64(sum(deliveries.sum)) / attempts AS avg,
          min(least) AS low, max(most) AS high, sumMapIf(deliveries.bins, deliveries.bin_counts,
            deliveries.stage IN ('total', {heatOf:String})) AS merged
        FROM ${deliveries.sql} AS deliveries
        WHERE is_first
        GROUP BY time, stage)
      ORDER BY time, stage LIMIT {limit:UInt32}`,
    params: {
      ...deliveries.params,
      step: args.stepSeconds,
      heatOf: args.heatOf,
      limit: args.limit,
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
