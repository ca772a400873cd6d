import type { Database } from '../../database.ts';
import type { RolledBounds } from '../../rollups/range.ts';
import { rolledDeliveries, stepBegin } from '../../rollups/rolled-deliveries.ts';
import { BINS_PER_DECADE } from '../../rollups/sketch.ts';
import type { PathFilter } from './delivery-stages.ts';

/** Messages of one step of time whose stage took between two neighbouring bounds. */
export interface HeatRow {
  /** Begin of the step, Unix ns. */
  time: string;
  /** The stage took at least 10^(bin / binsPerDecade) ns, and less than the next bin's. */
  bin: number;
  count: string;
}

/**
 * Cells of a heat map of one stage of the first attempts; empty cells have no row. `binsPerDecade`
 * divides BINS_PER_DECADE.
 */
export function stageHeat(
  database: Database,
  args: RolledBounds &
    PathFilter & { stage: string; stepSeconds: number; binsPerDecade: number; limit: number },
): Promise<HeatRow[]> {
  const deliveries = rolledDeliveries(args, args.stepSeconds);
  return database.query<HeatRow>({
    tag: 'stage-heat',
    sql: `SELECT ${stepBegin('{step:UInt32}')} AS time, toInt32(intDiv(cell.1, {fine:UInt32})) AS bin,
        toString(sum(cell.2)) AS count
      FROM ${deliveries.sql} AS deliveries ARRAY JOIN arrayZip(bins, bin_counts) AS cell
      WHERE is_first AND stage = {stage:String}
      GROUP BY time, bin ORDER BY time, bin LIMIT {limit:UInt32}`,
    params: {
      ...deliveries.params,
      step: args.stepSeconds,
      fine: BINS_PER_DECADE / args.binsPerDecade,
      stage: args.stage,
      limit: args.limit,
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
