import { toError } from '../errors.ts';
import type { Log } from '../log.ts';

/** Which dial is about to be made. */
export interface BackoffStep {
  /** 1 for the first dial of an outage, whatever the server. */
  readonly attempt: number;
  /** How often this server was dialled in this outage before: 0 while every server gets its first chance. */
  readonly round: number;
}

/** Milliseconds to wait before a dial. Pure: `random` gives [0, 1). */
export type Backoff = (step: BackoffStep, random: () => number) => number;

/**
 * No wait while a server is left that was not tried. After that a small pause: without one a client
 * whose servers are all down dials thousands of times a second.
 */
export function immediate(options: { pauseMs?: number } = {}): Backoff {
  const pauseMs = options.pauseMs ?? 50;
  return ({ round }) => (round === 0 ? 0 : pauseMs);
}

/** Instead of a strategy that throws, or gives no number: neither hot nor never. */
const FALLBACK_MS = 1_000;

/** A strategy of the application that can do no harm here. */
export function guardedBackoff(backoff: Backoff, log: Log): Backoff {
  return (step, random) => {
    try {
      const delayMs = backoff(step, random);
      if (delayMs >= 0 && delayMs < Number.POSITIVE_INFINITY) return delayMs;
      throw new RangeError(`backoff gave ${delayMs}`);
    } catch (thrown) {
      log.error({ error: toError(thrown), ...step }, 'nats: backoff failed, waiting 1 s');
      return FALLBACK_MS;
    }
  };
}

/** The same wait each time, plus up to `jitterMs`. */
export function fixed(options: { delayMs?: number; jitterMs?: number } = {}): Backoff {
  const { delayMs = 2_000, jitterMs = 100 } = options;
  return (_step, random) => delayMs + random() * jitterMs;
}

/**
 * Anything from 0 to a ceiling that doubles with each round ("full jitter": a thousand clients that lost
 * one server come back spread over the whole interval).
 */
export function exponentialFullJitter(options: { baseMs?: number; capMs?: number } = {}): Backoff {
  return (step, random) => random() * fullJitterCeilingMs(step, options);
}

export function fullJitterCeilingMs(
  step: Pick<BackoffStep, 'round'>,
  options: { baseMs?: number; capMs?: number } = {},
): number {
  const { baseMs = 100, capMs = 10_000 } = options;
  return Math.min(capMs, baseMs * 2 ** step.round);
}
