import { setTimeout as sleep } from 'node:timers/promises';

/** A delay never takes longer than this many times its median. */
const LONGEST_OF_MEDIAN = 12;

/** Waits about as long as a real step would; the waits of one service are the same on every run. */
export type Delay = (medianMs: number) => Promise<void>;

/** Log-normal delays: most are near the median, a few are several times as long. */
export function createDelay(seed: string, spread = 0.5): Delay {
  const random = seededRandom(seed);
  return async (medianMs) => {
    const factor = Math.min(Math.exp(spread * gaussian(random)), LONGEST_OF_MEDIAN);
    await sleep(medianMs * factor);
  };
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function seededRandom(seed: string): () => number {
  let state = 0;
  for (const char of seed) state = (Math.imul(state, 31) + char.charCodeAt(0)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Box-Muller. */
function gaussian(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
