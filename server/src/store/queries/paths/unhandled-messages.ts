import type { UnixNs } from '@hopline/model';
import type { Database } from '../../database.ts';
import { SECOND_NS } from '../../rollups/levels.ts';
import { type RolledBounds, rolledStep, wholeBuckets } from '../../rollups/range.ts';
import { rolledTraffic } from '../../rollups/rolled-traffic.ts';

/** Messages of one flow of which neither a handler nor a server's hand-over to a client was seen. */
export interface UnhandledRow {
  producer: string;
  subject_pattern: string;
  /** Where they are stored; '' for core NATS. */
  stream: string;
  messages: string;
  /** Of these, the publishes that failed. */
  refused: string;
  /** Step by step of time those whose place in the stream is known: how many, first and last sequence. */
  stored: [count: string, first: string, last: string][];
}

/** Steps of a range: at most so many. */
const MAX_STEPS = 200;

/**
 * Messages published within the bounds that nobody was seen to take, most first. From rollups, so that they
 * are counted when spans and attempts are gone; only as far as these reach: before that nobody can tell.
 */
export async function unhandledMessages(
  database: Database,
  args: RolledBounds & {
    producer?: string | undefined;
    subject?: string | undefined;
    limit: number;
  },
): Promise<UnhandledRow[]> {
  const { from, reach, producer = '', subject = '', limit, timeoutMs } = args;
  const rolled = BigInt(reach.rolledTo) * SECOND_NS - 1n;
  const to = (args.to < rolled ? args.to : rolled) as UnixNs;
  if (to <= from) return [];
  const bounds = wholeBuckets({ from, to, timeoutMs }, reach);
  const step = rolledStep(bounds, MAX_STEPS);
  const rows = rolledTraffic(bounds, ['unhandled'], step);
  return await database.query<UnhandledRow>({
    tag: 'unhandled-messages',
    sql: `SELECT producer, subject_pattern, stream, toString(sum(step_messages) AS total) AS messages,
        toString(sum(step_refused)) AS refused,
        groupArrayIf((toString(step_stored), toString(first), toString(last)), step_stored > 0) AS stored
      FROM (
        SELECT toString(key[1]) AS producer, toString(key[2]) AS subject_pattern, toString(key[3]) AS stream,
          intDiv(toUnixTimestamp(bucket), {step:UInt32}) AS step, sum(count) AS step_messages,
          sum(failed) AS step_refused, sum(arraySum(bin_counts)) AS step_stored,
          minIf(least, notEmpty(bins)) AS first, maxIf(most, notEmpty(bins)) AS last
        FROM ${rows.sql}
        WHERE ({producer:String} = '' OR key[1] = {producer:String})
          AND ({subject:String} = '' OR key[2] = {subject:String})
        GROUP BY producer, subject_pattern, stream, step
      )
      GROUP BY producer, subject_pattern, stream
      ORDER BY total DESC, producer, subject_pattern, stream LIMIT {limit:UInt32}`,
    params: { ...rows.params, producer, subject, limit, step },
    maxRows: limit,
    timeoutMs,
  });
}
