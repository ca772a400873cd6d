import type { UnixNs } from '@hopline/model';
import type { ClusterSnapshot, StatusResponse } from '@hopline/model/api';
import type { Schemas } from '../schemas/schemas.ts';
import {
  type Bounds,
  type Database,
  type RolledBounds,
  rollupReach,
  wholeBuckets,
} from '../store/store.ts';
import { BadRequest } from './errors.ts';

/** What every resource is given. */
export interface ApiContext {
  database: Database;
  /** The state of all other parts, at the moment of the call. */
  status: () => StatusResponse;
  /** What the last sweep of the NATS servers said. */
  cluster: () => ClusterSnapshot;
  /** The schema registry; undefined for those that ask nothing of it. */
  schemas?: Schemas | undefined;
  now: () => UnixNs;
  queryTimeoutMs: number;
  /** Nothing older is stored. */
  retentionDays: number;
  /** Age from which a message that nobody took counts as lost; undefined: the insight's own. */
  unconsumedAfterNs?: bigint | undefined;
}

const NS_PER_DAY = 86_400_000_000_000n;
const NS_PER_MINUTE = 60_000_000_000n;
/** Clocks of other machines may be ahead of ours by as much as the doors accept. */
const FUTURE_NS = 60n * NS_PER_MINUTE;
/** What the engine's time can hold: the year 2262. */
export const MAX_TIME = 9_223_372_036_854_775_807n;
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

/**
 * The range a query asks for: by default the 15 minutes before `to`, which is by default now. Throws
 * BadRequest for a range that cannot hold anything.
 */
export function askedRange(
  { now, queryTimeoutMs }: ApiContext,
  asked: { from?: string | undefined; to?: string | undefined },
): Bounds {
  const to = asked.to === undefined ? now() : timeOf('to', asked.to);
  const from =
    asked.from === undefined ? ((to - DEFAULT_RANGE_NS) as UnixNs) : timeOf('from', asked.from);
  if (from > to) {
    throw new BadRequest(`cannot read request: from is "${from}": it is later than to, "${to}"`);
  }
  return { from, to, timeoutMs: queryTimeoutMs };
}

/** The same for a question that rollups can answer: widened to whole buckets of theirs. */
export async function rolledRange(
  context: ApiContext,
  asked: { from?: string | undefined; to?: string | undefined },
): Promise<RolledBounds> {
  const bounds = askedRange(context, asked);
  return wholeBuckets(bounds, await rollupReach(context.database, context.queryTimeoutMs));
}

/** Bounds to the nanosecond, for a question about attempts that were rolled. */
export async function exactly(
  { database, queryTimeoutMs }: ApiContext,
  { from, to, timeoutMs }: Bounds,
): Promise<RolledBounds> {
  const reach = await rollupReach(database, queryTimeoutMs);
  return { from, to, timeoutMs, reach, isExact: true };
}

function timeOf(field: string, text: string): UnixNs {
  const time = BigInt(text);
  if (time <= MAX_TIME) return time as UnixNs;
  throw new BadRequest(`cannot read request: ${field} is "${text}": no time in Unix ns`);
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
