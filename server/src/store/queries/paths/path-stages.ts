import type { StageName } from '@hopline/model';
import type { Database } from '../../database.ts';
import type { RolledBounds } from '../../rollups/range.ts';
import { rolledDeliveries } from '../../rollups/rolled-deliveries.ts';
import { percentile } from '../../rollups/sketch.ts';

/** One path: its counts, and each stage over its first attempts. */
export interface PathStagesRow {
  producer: string;
  subject_pattern: string;
  consumer: string;
  deliveries: number;
  /** Attempts after the first. */
  redeliveries: number;
  /** Attempts whose handler ended in an error. */
  errors: number;
  /** `total` among them; ns. */
  stages: { stage: StageName | 'total'; avg: number; p50: number; p90: number; p99: number }[];
}

/** Every path whose messages were published within the bounds, busiest first, at most `limit`. */
export async function pathStages(
  database: Database,
  args: RolledBounds & { limit: number },
): Promise<PathStagesRow[]> {
  const deliveries = rolledDeliveries(args);
  const quantile = (q: number): string => percentile(q, 'merged', { least: 'low', most: 'high' });
  const rows = await database.query<Omit<PathStagesRow, 'stages'> & { figures: StageTuple[] }>({
    tag: 'path-stages',
    sql: `SELECT producer, subject_pattern, consumer,
        toFloat64(sumIf(firsts, stage = 'total')) AS deliveries,
        toFloat64(sumIf(later, stage = 'total')) AS redeliveries,
        toFloat64(sumIf(failures, stage = 'total')) AS errors,
        groupArrayIf((toString(stage), toFloat64(sums) / firsts, ${quantile(0.5)}, ${quantile(0.9)},
          ${quantile(0.99)}), firsts > 0) AS figures
      FROM (
        SELECT producer, subject_pattern, consumer, stage, sumIf(count, is_first) AS firsts,
          sumIf(count, NOT is_first) AS later, sum(rows.failed) AS failures,
          sumIf(rows.sum, is_first) AS sums, sumMapIf(bins, bin_counts, is_first) AS merged,
          minIf(least, is_first) AS low, maxIf(most, is_first) AS high
        FROM ${deliveries.sql} AS rows
        GROUP BY producer, subject_pattern, consumer, stage)
      GROUP BY producer, subject_pattern, consumer
      ORDER BY sumIf(firsts, stage = 'total') DESC, producer, subject_pattern, consumer
      LIMIT {limit:UInt32}`,
    params: { ...deliveries.params, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
  return rows.map(({ figures, ...row }) => ({
    ...row,
    stages: figures.map(([stage, avg, p50, p90, p99]) => ({ stage, avg, p50, p90, p99 })),
  }));
}

type StageTuple = [stage: StageName | 'total', avg: number, p50: number, p90: number, p99: number];
