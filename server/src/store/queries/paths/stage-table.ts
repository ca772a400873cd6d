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
  const extremes = { least: 'min(least)', most: 'max(most)' };
  return database.query<StageRow>({
    tag: 'stage-table',
    sql: `WITH sumMap(bins, bin_counts) AS merged
      SELECT toString(deliveries.stage) AS stage, is_first, toString(sum(deliveries.count)) AS count,
        toFloat64(sum(deliveries.sum)) / toFloat64(sum(deliveries.count)) AS avg,
        ${percentile(0.5, 'merged', extremes)} AS p50, ${percentile(0.9, 'merged', extremes)} AS p90,
        ${percentile(0.99, 'merged', extremes)} AS p99,
        toString(max(most)) AS max, toString(sum(deliveries.sum)) AS sum,
        toString(sum(deliveries.measured)) AS measured, toString(sum(deliveries.derived)) AS derived,
        toString(sum(deliveries.adjusted)) AS adjusted
      FROM ${deliveries.sql} AS deliveries
      GROUP BY stage, is_first LIMIT ${MAX_ROWS}`,
    params: deliveries.params,
    maxRows: MAX_ROWS,
    timeoutMs: args.timeoutMs,
  });
}
