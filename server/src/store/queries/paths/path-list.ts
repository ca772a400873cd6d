import type { Database } from '../../database.ts';
import type { Bounds } from '../bounds.ts';
import { deliveryStages, type PathFilter, stageParams } from './delivery-stages.ts';

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
  args: Bounds & PathFilter & { limit: number },
): Promise<PathRow[]> {
  return database.query<PathRow>({
    tag: 'path-list',
    sql: `WITH arrayFirst(s -> s.1 = 'total', stages).2 AS total,
        arrayFilter(s -> s.1 != 'total', stages) AS parts,
        sumMapIf(arrayMap(s -> s.1, parts), arrayMap(s -> assumeNotNull(s.2), parts), number = 1) AS sums,
        arrayReverseSort((name, sum) -> sum, sums.1, sums.2) AS names
      SELECT producer, subject_pattern, consumer,
        toString(countIf(number = 1)) AS deliveries, toString(countIf(number > 1)) AS redeliveries,
        toString(sum(failed)) AS errors,
        ifNotFinite(avgIf(total, number = 1), 0) AS total_avg,
        quantilesTDigestIf(0.5, 0.99)(assumeNotNull(total), number = 1) AS q,
        ifNotFinite(q[1], 0) AS total_p50, ifNotFinite(q[2], 0) AS total_p99,
        toString(maxIf(total, number = 1)) AS total_max,
        names[1] AS slowest_stage,
        ifNotFinite(arrayMax(sums.2) / arraySum(sums.2), 0) AS slowest_share
      FROM ${deliveryStages(args)}
      GROUP BY producer, subject_pattern, consumer
      ORDER BY count() DESC LIMIT {limit:UInt32}`,
    params: { ...stageParams(args), limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
