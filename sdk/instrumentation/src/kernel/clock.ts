import type { HrTime } from '@opentelemetry/api';

const DRIFT_CHECK_MS = 10_000;
/** `Date.now()` rounds down, so up to 1 ms of difference is no drift. */
const DRIFT_MS = 2;

/**
 * Wall-clock time with sub-millisecond precision. All marks of one process (span start, span end,
 * receive time) come from here: the SDK's own default start time has whole milliseconds only, and a
 * stage between two marks of different precision could come out negative.
 */
export class Clock {
  #wallMs = performance.timeOrigin;
  #perfMs = 0;
  #checkedMs = 0;

  now(): HrTime {
    return hrTimeOf(this.nowMs());
  }

  /** Unix milliseconds with a fraction: no object, for what may turn out not to be recorded. */
  nowMs(): number {
    const perf = performance.now();
    let wall = this.#wallMs + (perf - this.#perfMs);
    if (perf - this.#checkedMs > DRIFT_CHECK_MS) {
      this.#checkedMs = perf;
      const system = Date.now();
      if (Math.abs(system - wall) > DRIFT_MS) {
        this.#wallMs = system;
        this.#perfMs = perf;
        wall = system;
      }
    }
    return wall;
  }
}

export function hrTimeOf(unixMs: number): HrTime {
  const seconds = Math.floor(unixMs / 1000);
  return [seconds, Math.min(999_999_999, Math.round((unixMs - seconds * 1000) * 1e6))];
}

export function unixMsOf(at: HrTime): number {
  return at[0] * 1000 + at[1] / 1e6;
}

/** Seconds from `from` to `to`. */
export function elapsedSeconds(from: HrTime, to: HrTime): number {
  return to[0] - from[0] + (to[1] - from[1]) / 1e9;
}

/** Unix nanoseconds as a decimal string: an int64 is not safe in a JavaScript number. */
export function unixNsText(at: HrTime): string {
  return `${at[0]}${String(at[1]).padStart(9, '0')}`;
}
