import { RHYTHM_TOLERANCE } from './regular-times.ts';
import type { ScrapeRhythm } from './scrape-rhythm.ts';

/** When the answers that are kept are asked for again. */
export interface SweepPlan {
  startMs: number;
  /** When the scrape is due that they are for. */
  forMs: number;
  /** Until then those from before are good enough. */
  keepUntilMs: number;
}

/** The last time that the answers were asked for. */
export interface LastSweep {
  startedMs: number;
  endedMs: number;
  /** When the scrape was due that it was for. */
  forMs: number;
  /** The longest of the last few. */
  longestMs: number;
}

/** One that takes longer than the last few shall be there in time, too. */
const LEAD = 1.25;
/** And what is made of it, and timers. */
const LEAD_MORE_MS = 250;
/** What is older serves nobody, although the sweep after it has not ended. */
const STALE_INTERVALS = 2;

/**
 * Once in the time between two scrapes of whoever scrapes most often, so that it ends just before a scrape
 * is due. Null when nobody comes regularly.
 */
export function planAhead(rhythm: ScrapeRhythm, last: LastSweep, nowMs: number): SweepPlan | null {
  const periodMs = rhythm.periodMs(nowMs);
  if (periodMs === null) return null;
  const slackMs = periodMs * RHYTHM_TOLERANCE;
  const leadMs = last.longestMs * LEAD + LEAD_MORE_MS;
  const fromMs = Math.max(last.forMs + periodMs - slackMs, restedMs(last) + leadMs);
  const forMs = rhythm.nextMs(fromMs, nowMs);
  if (forMs === null) return null;
  return { startMs: forMs - leadMs, forMs, keepUntilMs: forMs + slackMs };
}

/** Once in an interval. */
export function planEvery(intervalMs: number, last: LastSweep): SweepPlan {
  const startMs = Math.max(last.startedMs + intervalMs, restedMs(last));
  return { startMs, forMs: startMs, keepUntilMs: last.startedMs + STALE_INTERVALS * intervalMs };
}

/** A server that needs long is never asked for more than half of its time. */
const restedMs = ({ startedMs, endedMs }: LastSweep): number => endedMs + (endedMs - startedMs);
