import type { StageName } from '@hopline/model';
import type { Database } from '../database.ts';
import type { RolledBounds } from '../rollups/range.ts';
import { rolledAttempts } from '../rollups/rolled-attempts.ts';

/** A stage of some attempt, or `total`, that took from `minNs` to below `maxNs`. */
export interface StageTook {
  stage: StageName | 'total';
  minNs: bigint;
  maxNs: bigint;
}

export interface TookRow {
  trace_id: string;
  span_id: string;
  /** Unix ns */
  start: string;
}

/**
 * Messages published within the bounds of which a stage took so long, newest first, each once. Fewer than
 * `limit`: there are no more.
 */
export function messagesThatTook(
  database: Database,
  args: RolledBounds & StageTook & { before?: { start: string; spanId: string }; limit: number },
): Promise<TookRow[]> {
  const { before } = args;
  const attempts = rolledAttempts(args);
  const isBefore = `AND (published_ns, hex(took.span_id)) < ({beforeStart:Int64}, {beforeSpan:String})`;
  return database.query<TookRow>({
    tag: 'messages-that-took',
    sql: `SELECT lower(hex(trace_id)) AS trace_id, lower(hex(span_id)) AS span_id,
        toString(published_ns) AS start
      FROM ${attempts.sql} AS took ARRAY JOIN stages AS of, durations AS duration
      WHERE of = {stage:String} AND duration >= {min:Int64} AND duration < {max:Int64}
        ${before === undefined ? '' : isBefore}
      ORDER BY published_ns DESC, took.span_id DESC
      LIMIT 1 BY took.trace_id, took.span_id LIMIT {limit:UInt32}`,
    params: {
      ...attempts.params,
      stage: args.stage,
      min: args.minNs,
      max: args.maxNs,
      limit: args.limit,
      ...(before === undefined
        ? {}
        : { beforeStart: BigInt(before.start), beforeSpan: before.spanId.toUpperCase() }),
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
