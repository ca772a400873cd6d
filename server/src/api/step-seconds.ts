import type { RolledBounds } from '../store/store.ts';

/** Steps of a range: at most so many, so that a picture has a pixel or more for each. */
const MAX_STEPS = 90;
const DAY_SECONDS = 86_400;
const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];

/** A round step of time for pictures of the range: finer than a bucket of the rollups only where these do not answer. */
export function stepSecondsOf({ from, to }: RolledBounds): number {
  const seconds = Number(to - from) / 1e9;
  const steps = seconds < 120 ? STEPS : STEPS.filter((step) => step >= 10);
  return (
    steps.find((step) => seconds / step <= MAX_STEPS) ??
    Math.ceil(seconds / MAX_STEPS / DAY_SECONDS) * DAY_SECONDS
  );
}
