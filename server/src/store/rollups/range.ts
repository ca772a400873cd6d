import type { UnixNs } from '@hopline/model';
import type { Bounds } from '../queries/bounds.ts';
import { ceilTo, FINE, floorTo, HOUR, type Level, MINUTE, SECOND_NS } from './levels.ts';

/** How far the rollups reach, in Unix seconds. */
export interface RollupReach {
  /** Buckets before this are computed; 0: none is. */
  rolledTo: number;
  /** From there to the engine's clock, s; negative while the bucket is not over. */
  behind: number;
  /** A level's buckets from this on are sure to be kept. */
  oldestFine: number;
  oldestMinute: number;
}

/** Bounds, and how far rollups may answer for them. */
export interface RolledBounds extends Bounds {
  reach: RollupReach;
  /** To the nanosecond: whole buckets cannot answer. */
  isExact?: boolean;
}

export const NOTHING_ROLLED: RollupReach = {
  rolledTo: 0,
  behind: Number.MAX_SAFE_INTEGER,
  oldestFine: 0,
  oldestMinute: 0,
};

/** Shorter ranges are answered to the nanosecond. */
const SHORTEST_NS = 120n * SECOND_NS;
/** What may be missing at the end of an answer until it is rolled; when more is, it is read from the spans. */
const MISSING_SECONDS = 20;

/**
 * The bounds widened to whole buckets, as rollups can answer them: what is asked for ends may begin up to ten
 * seconds earlier, further back a minute or an hour. Short ranges stay as they are.
 */
export function wholeBuckets(bounds: Bounds, reach: RollupReach): RolledBounds {
  const { from, to } = bounds;
  if (to - from < SHORTEST_NS || reach.rolledTo === 0) return { ...bounds, reach, isExact: true };
  const first = Number(from / SECOND_NS);
  const begin = floorTo(first, levelAt(first, reach));
  const last = Number(to / SECOND_NS) + 1;
  const end = ceilTo(last, levelAt(last, reach));
  return {
    ...bounds,
    from: (BigInt(begin) * SECOND_NS) as UnixNs,
    to: end <= reach.rolledTo ? ((BigInt(end) * SECOND_NS - 1n) as UnixNs) : to,
    reach,
  };
}

/** The finest level that is sure to have the bucket of a second. */
function levelAt(second: number, { oldestFine, oldestMinute }: RollupReach): Level {
  if (second >= oldestFine) return FINE;
  return second >= oldestMinute ? MINUTE : HOUR;
}

/** Seconds of a step that divides the bounds into at most `most` and that all of them have buckets for. */
export function rolledStep({ from, to, reach }: RolledBounds, most: number): number {
  const least = levelAt(Number(from / SECOND_NS), reach);
  return Math.max(least.seconds, ceilTo(Math.ceil(Number(to - from) / 1e9 / most), least));
}

/** A stretch of whole buckets of a level, in Unix seconds; `end` is not in it. */
export interface Stretch {
  level: Level;
  begin: number;
  end: number;
}

interface Times {
  from: UnixNs;
  to: UnixNs;
}

/** A range as stretches of rollups, oldest first, and the rest that they do not answer, undefined for none. */
export interface RangePlan {
  stretches: Stretch[];
  rest: Times | undefined;
}

/** The part of the bounds that is not rolled yet, unless it soon will be. */
export function unrolled({ from, to, reach }: RolledBounds): Times | undefined {
  const end = BigInt(reach.rolledTo) * SECOND_NS;
  if (to < end || reach.behind <= MISSING_SECONDS) return undefined;
  return { from: (end > from ? end : from) as UnixNs, to };
}

/** Until when an answer holds everything, Unix ns: what came after it is not in it yet. */
export function answeredTo(bounds: RolledBounds): UnixNs {
  const { to, reach } = bounds;
  const end = BigInt(reach.rolledTo) * SECOND_NS;
  return bounds.isExact || unrolled(bounds) || to < end ? to : (end as UnixNs);
}

/**
 * The coarsest buckets that fill the bounds. `step`: no bucket may cross the border between two steps
 * of so many seconds.
 */
export function rangePlan(bounds: RolledBounds, step?: number): RangePlan {
  const { from, to, reach } = bounds;
  if (bounds.isExact) return { stretches: [], rest: { from, to } };
  const begin = Number(from / SECOND_NS);
  const end = Math.min(reach.rolledTo, Number((to + 1n) / SECOND_NS));
  const levels = [HOUR, MINUTE, FINE].filter((level) => !step || step % level.seconds === 0);
  return { stretches: fill(begin, end, levels), rest: unrolled(bounds) };
}

function fill(begin: number, end: number, [level, ...finer]: readonly Level[]): Stretch[] {
  if (!level || begin >= end) return [];
  const first = ceilTo(begin, level);
  const last = floorTo(end, level);
  if (first >= last) return fill(begin, end, finer);
  return [
    ...fill(begin, first, finer),
    { level, begin: first, end: last },
    ...fill(last, end, finer),
  ];
}
