import type { Database } from '../database.ts';
import { type Bounds, boundParams } from './bounds.ts';

/** Steps of the table `clock_windows`. */
export const CLOCK_STEP_SECONDS = 600;
const STEP_NS = `${CLOCK_STEP_SECONDS}000000000`;

/** What stands for "no limit", ns: 31 years; differences of sums of two still fit an Int64. */
export const NONE_BELOW = -1_000_000_000_000_000_000n;
export const NONE_ABOVE = 1_000_000_000_000_000_000n;

/** SQL: the step that a time in Unix ns lies in. */
export const clockStep = (time: string): string => `toUInt32(intDiv(${time}, ${STEP_NS}))`;

/** The same in TypeScript. */
export const clockStepOf = (time: bigint): number =>
  Number(time / (BigInt(CLOCK_STEP_SECONDS) * 1_000_000_000n));

/**
 * SQL: a row for each clock and step with `at_least` and `at_most`, of the evidence of that step and of the
 * two beside it: a clock that runs steadily needs few messages to be known, one that drifts soon drifts out.
 * `condition` on `clock_windows` narrows what is read.
 */
export const clockWindowRows = (condition: string): string => `
  SELECT clock, toUInt32(toUnixTimestamp(bucket) / ${CLOCK_STEP_SECONDS} + beside) AS step,
    max(at_least) AS at_least, min(at_most) AS at_most
  FROM clock_windows ARRAY JOIN [-1, 0, 1] AS beside
  WHERE ${condition} GROUP BY clock, step`;

export interface ClockWindowRow {
  /** `service/instance` */
  clock: string;
  /** By `clockStepOf`. */
  step: number;
  /** ns; NONE_BELOW, NONE_ABOVE where nothing told. */
  at_least: string;
  at_most: string;
}

/** Windows of the given clocks for times within the bounds, at most `limit`. */
export function clockWindows(
  database: Database,
  args: Bounds & { clocks: readonly string[]; limit: number },
): Promise<ClockWindowRow[]> {
  if (args.clocks.length === 0) return Promise.resolve([]);
  const condition = `clock IN (SELECT arrayJoin({clocks:Array(String)}))
    AND bucket >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') - INTERVAL ${2 * CLOCK_STEP_SECONDS} SECOND
    AND bucket <= fromUnixTimestamp64Nano({to:Int64}, 'UTC') + INTERVAL ${CLOCK_STEP_SECONDS} SECOND`;
  return database.query<ClockWindowRow>({
    tag: 'clock-windows',
    sql: `SELECT clock, step, toString(at_least) AS at_least, toString(at_most) AS at_most
      FROM (${clockWindowRows(condition)}) ORDER BY clock, step LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), clocks: args.clocks, limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
