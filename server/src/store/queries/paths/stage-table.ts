import type { StageName } from '@hopline/model';
import type { Database } from '../../database.ts';
import type { Bounds } from '../bounds.ts';
import { deliveryStages, type PathFilter, stageParams } from './delivery-stages.ts';

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
export function stageTable(database: Database, args: Bounds & PathFilter): Promise<StageRow[]> {
  return database.query<StageRow>({
    tag: 'stage-table',
    sql: `WITH assumeNotNull(stages.2) AS value
      SELECT stages.1 AS stage, number = 1 AS is_first, toString(count()) AS count, avg(value) AS avg,
        quantilesTDigest(0.5, 0.9, 0.99)(value) AS q, q[1] AS p50, q[2] AS p90, q[3] AS p99,
        toString(max(value)) AS max, toString(sum(value)) AS sum,
        toString(countIf(stages.3 = 'measured')) AS measured,
        toString(countIf(stages.3 = 'derived')) AS derived,
        toString(countIf(stages.3 = 'adjusted')) AS adjusted
      FROM ${deliveryStages(args)} ARRAY JOIN stages
      GROUP BY stage, is_first LIMIT ${MAX_ROWS}`,
    params: stageParams(args),
    maxRows: MAX_ROWS,
    timeoutMs: args.timeoutMs,
  });
}
