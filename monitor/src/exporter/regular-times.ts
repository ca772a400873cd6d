/** Gaps between scrapes that differ by less than this share are one rhythm. */
export const RHYTHM_TOLERANCE = 0.1;

/** Milliseconds of any clock, oldest first. */
export type Times = readonly number[];

/** The mean gap; of two at least. */
export const periodOf = (times: Times): number => (times.at(-1)! - times[0]!) / (times.length - 1);

/** Gaps differ by less than this share. */
export function isEven(times: Times, tolerance = RHYTHM_TOLERANCE): boolean {
  const periodMs = periodOf(times);
  const mostMs = (periodMs * tolerance) / 2;
  return times
    .slice(1)
    .every((atMs, before) => Math.abs(atMs - times[before]! - periodMs) <= mostMs);
}

/** The next one should have come. */
export const isOverdue = (times: Times, nowMs: number): boolean =>
  nowMs - times.at(-1)! > periodOf(times) * (1 + RHYTHM_TOLERANCE);
