export interface Backoff {
  baseMs: number;
  capMs: number;
  /** In [0, 1). */
  random?: (() => number) | undefined;
}

/** Exponential backoff with full jitter: anything from 0 to `min(cap, base * 2^failures)`. */
export function backoffMs(failures: number, { baseMs, capMs, random = Math.random }: Backoff) {
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** Math.min(failures, 30)));
}
