import { useLiveState } from './live.tsx';
import type { TimeRange } from './time-range.ts';

/** `refetchInterval` of a question about a range that ends now; none for a fixed one, or while live is paused. */
export function usePoll(range: TimeRange, everyMs: number): number | false {
  const live = useLiveState();
  return range.kind === 'last' && live !== 'paused' ? everyMs : false;
}
