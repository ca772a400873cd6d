import type { Database } from '../database.ts';
import type { RolledBounds } from '../rollups/range.ts';
import { stepBegin } from '../rollups/rolled-deliveries.ts';
import { rolledTraffic } from '../rollups/rolled-traffic.ts';

/** Messages of one subject pattern that went into a stream, over time. */
export interface StreamSubjectRow {
  subject_pattern: string;
  count: string;
  /** Begins of the steps with messages, Unix ns, and their counts, in step. */
  times: string[];
  counts: string[];
}

/**
 * What was published into one stream, as producers' spans or the servers' events tell it (whichever tell more), the
 * busiest pattern first, at most `limit`. `stepSeconds` divides the range.
 */
export function streamSubjects(
  database: Database,
  args: RolledBounds & { stream: string; stepSeconds: number; limit: number },
): Promise<StreamSubjectRow[]> {
  const traffic = rolledTraffic(args, ['flow', 'store'], args.stepSeconds);
  return database.query<StreamSubjectRow>({
    tag: 'stream-subjects',
    sql: `SELECT subject_pattern, toString(sum(told)) AS count,
        arraySort(groupArray((time, toString(told)))) AS steps, steps.1 AS times, steps.2 AS counts
      FROM (
        SELECT toString(if(fact = 'store', traffic.key[1], traffic.key[3])) AS subject_pattern,
          ${stepBegin('{step:UInt32}')} AS time,
          greatest(sumIf(traffic.count, fact = 'flow'), sumIf(traffic.count, fact = 'store')) AS told
        FROM ${traffic.sql} AS traffic
        WHERE (fact = 'store' AND traffic.key[2] = {stream:String})
          OR (fact = 'flow' AND traffic.key[1] = 'PRODUCER' AND traffic.key[6] = {stream:String})
        GROUP BY subject_pattern, time
      )
      GROUP BY subject_pattern ORDER BY sum(told) DESC, subject_pattern LIMIT {limit:UInt32}`,
    params: { ...traffic.params, stream: args.stream, step: args.stepSeconds, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
