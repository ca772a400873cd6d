import type { StageName } from '@hopline/model';
import type { Database } from '../../database.ts';
import type { RolledBounds } from '../../rollups/range.ts';
import { rolledDeliveries } from '../../rollups/rolled-deliveries.ts';
import { percentile } from '../../rollups/sketch.ts';
import type { PathFilter } from './delivery-stages.ts';

/** One stage of a path over all its attempts of one kind; `total` is from publish to the handler's end. */
export interface StageRow {
  stage: StageName | 'total';
  is_first: 0 | 1;
  count: string;
  /** ns, as are the next five. */
  avg: number;
  p50: number;
  p90: number;
  p99: number;
  max: string;
  sum: string;
  /** How the values were got; the three add up to `count`. */
  measured: string;
  derived: string;
  adjusted: string;
}

/** At most: each stage for first attempts and for later ones. */
const MAX_ROWS = 40;

/** Stage by stage; first attempts and redeliveries are never mixed. */
export function stageTable(
  database: Database,
  args: RolledBounds & PathFilter,
): Promise<StageRow[]> {
  const deliveries = rolledDeliveries(args);
  const extremes = { least: 'low', most: 'high' };
  return database.query<StageRow>({
    tag: 'stage-table',
    sql: `SELECT stage, is_first, toString(attempts) AS count, toFloat64(took) / attempts AS avg,
        ${percentile(0.5, 'merged', extremes)} AS p50, ${percentile(0.9, 'merged', extremes)} AS p90,
        ${percentile(0.99, 'merged', extremes)} AS p99, toString(high) AS max, toString(took) AS sum,
        toString(measurements) AS measured, toString(derivations) AS derived,
        toString(adjustments) AS adjusted
      FROM (
        SELECT toString(deliveries.stage) AS stage, is_first, sum(deliveries.count) AS attempts,
          sum(deliveries.sum) AS took, min(least) AS low, max(most) AS high,
          sumMap(bins, bin_counts) AS merged, sum(deliveries.measured) AS measurements,
          sum(deliveries.derived) AS derivations, sum(deliveries.adjusted) AS adjustments
        FROM ${deliveries.sql} AS deliveries
        GROUP BY stage, is_first) LIMIT ${MAX_ROWS}`,
    params: deliveries.params,
    maxRows: MAX_ROWS,
    timeoutMs: args.timeoutMs,
  });
}
