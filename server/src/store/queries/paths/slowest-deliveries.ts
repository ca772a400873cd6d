import type { Provenance } from '@hopline/model';
import type { Database } from '../../database.ts';
import type { RolledBounds } from '../../rollups/range.ts';
import { rolledAttempts } from '../../rollups/rolled-attempts.ts';
import type { PathFilter } from './delivery-stages.ts';

/** One attempt and how long one of its stages took. */
export interface SlowDeliveryRow {
  producer: string;
  subject_pattern: string;
  consumer: string;
  trace_id: string;
  span_id: string;
  handler_trace_id: string;
  handler_span_id: string;
  /** Unix ns */
  published: string;
  number: number;
  failed: 0 | 1;
  /** ns */
  duration: string;
  provenance: Provenance;
}

/** Attempts in which `stage` took from `minNs` to below `maxNs`, slowest first. */
export function slowestDeliveries(
  database: Database,
  args: RolledBounds &
    PathFilter & { stage: string; minNs: bigint; maxNs: bigint; firstOnly: boolean; limit: number },
): Promise<SlowDeliveryRow[]> {
  const attempts = rolledAttempts(args);
  return database.query<SlowDeliveryRow>({
    tag: 'slowest-deliveries',
    sql: `SELECT producer, subject_pattern, consumer, lower(hex(trace_id)) AS trace_id,
        lower(hex(span_id)) AS span_id, lower(hex(handler_trace_id)) AS handler_trace_id,
        lower(hex(handler_span_id)) AS handler_span_id, toString(published_ns) AS published,
        toUInt32(number) AS number, failed, toString(took) AS duration, toString(how) AS provenance
      FROM ${attempts.sql} ARRAY JOIN stages AS of, durations AS took, provenances AS how
      WHERE of = {stage:String} AND took >= {min:Int64} AND took < {max:Int64}
        ${args.firstOnly ? 'AND number = 1' : ''}
      ORDER BY took DESC, published_ns LIMIT {limit:UInt32}`,
    params: {
      ...attempts.params,
      stage: args.stage,
      min: args.minNs,
      max: args.maxNs,
      limit: args.limit,
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
