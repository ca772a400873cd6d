import type { UnixNs } from '@hopline/model';
import type { ErrorResponse, StatusResponse } from '@hopline/model/api';
import type { Bounds, Database } from '../store/store.ts';

export type { ErrorResponse };

/** What every resource is given. */
export interface ApiContext {
  database: Database;
  /** The state of all other parts, at the moment of the call. */
  status: () => StatusResponse;
  now: () => UnixNs;
  queryTimeoutMs: number;
  /** Nothing older is stored. */
  retentionDays: number;
}

const NS_PER_DAY = 86_400_000_000_000n;
const NS_PER_MINUTE = 60_000_000_000n;
/** Clocks of other machines may be ahead of ours by as much as the doors accept. */
const FUTURE_NS = 60n * NS_PER_MINUTE;
const DEFAULT_RANGE_NS = 15n * NS_PER_MINUTE;

/** All that is stored. */
export function wholeRange({ now, retentionDays, queryTimeoutMs }: ApiContext): Bounds {
  const at = now();
  return {
    from: (at - BigInt(retentionDays) * NS_PER_DAY) as UnixNs,
    to: (at + FUTURE_NS) as UnixNs,
    timeoutMs: queryTimeoutMs,
  };
}

/** The range a query asks for: by default the 15 minutes before `to`, which is by default now. */
export function askedRange(
  { now, queryTimeoutMs }: ApiContext,
  asked: { from?: string | undefined; to?: string | undefined },
): Bounds {
  const to = asked.to === undefined ? now() : (BigInt(asked.to) as UnixNs);
  const from =
    asked.from === undefined ? ((to - DEFAULT_RANGE_NS) as UnixNs) : (BigInt(asked.from) as UnixNs);
  return { from, to, timeoutMs: queryTimeoutMs };
}

/**
 * From shortly before `start` to all that is stored: what followed a message may come any time later,
 * and on a clock that is behind the publisher's.
 */
export function rangeSince(context: ApiContext, start: bigint): Bounds {
  const whole = wholeRange(context);
  const from = start - FUTURE_NS;
  return { ...whole, from: (from > whole.from ? from : whole.from) as UnixNs };
}
