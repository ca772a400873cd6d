import type { Bounds } from '../store/store.ts';
import type { ApiContext } from './api-context.ts';

/**
 * The part of the range that was watched: a rate over time in which nobody looked would be too low. It
 * begins with the first span, or with this process where that is earlier.
 */
export function observedSeconds(
  context: ApiContext,
  { from, to }: Bounds,
  first: string | null,
): number {
  const started = BigInt(context.status().startedAt);
  const known = first === null || started < BigInt(first) ? started : BigInt(first);
  const begin = known > from ? known : from;
  return Math.max(Number(to - begin) / 1e9, 1);
}
