import type { Database } from '../../database.ts';
import type { Bounds } from '../bounds.ts';
import { deliveryStages, type PathFilter, stageParams } from './delivery-stages.ts';

/** Messages of one step of time whose stage took between two neighbouring bounds. */
export interface HeatRow {
  /** Begin of the step, Unix ns. */
  time: string;
  /** The stage took at least 10^(bin / binsPerDecade) ns, and less than the next bin's. */
  bin: number;
  count: string;
}

/** Cells of a heat map of one stage of the first attempts; empty cells have no row. */
export function stageHeat(
  database: Database,
  args: Bounds &
    PathFilter & { stage: string; stepNs: bigint; binsPerDecade: number; limit: number },
): Promise<HeatRow[]> {
  return database.query<HeatRow>({
    tag: 'stage-heat',
    sql: `SELECT toString(published_ns - published_ns % {step:Int64}) AS time,
        toInt32(floor(log10(greatest(assumeNotNull(stages.2), 1)) * {bins:UInt32})) AS bin,
        toString(count()) AS count
      FROM ${deliveryStages(args)} ARRAY JOIN stages
      WHERE number = 1 AND stages.1 = {stage:String}
      GROUP BY time, bin ORDER BY time, bin LIMIT {limit:UInt32}`,
    params: {
      ...stageParams(args),
      step: args.stepNs,
      bins: args.binsPerDecade,
      stage: args.stage,
      limit: args.limit,
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
