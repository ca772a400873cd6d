import type { StageName } from '@hopline/model';
import type { Database } from '../../database.ts';
import type { Bounds } from '../bounds.ts';
import { deliveryStages, type PathFilter, stageParams } from './delivery-stages.ts';

/** A stage of the first attempts of messages that were published in one step of time. */
export interface StageSeriesRow {
  /** Begin of the step, Unix ns. */
  time: string;
  stage: StageName | 'total';
  count: string;
  /** ns */
  avg: number;
  p99: number;
}

/** Where the time goes, over time: first attempts only. `stepNs` divides the range. */
export function stageSeries(
  database: Database,
  args: Bounds & PathFilter & { stepNs: bigint; limit: number },
): Promise<StageSeriesRow[]> {
  return database.query<StageSeriesRow>({
    tag: 'stage-series',
    sql: `WITH assumeNotNull(stages.2) AS value
      SELECT toString(published_ns - published_ns % {step:Int64}) AS time, stages.1 AS stage,
        toString(count()) AS count, avg(value) AS avg, quantileTDigest(0.99)(value) AS p99
      FROM ${deliveryStages(args)} ARRAY JOIN stages
      WHERE number = 1
      GROUP BY time, stage ORDER BY time, stage LIMIT {limit:UInt32}`,
    params: { ...stageParams(args), step: args.stepNs, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
