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
  return [seconds, nanosOf(unixMs, seconds)];
}

const NANO_DIGITS = 9;
/** The second that was last written: nearly always the next time is in the same. */
let writtenSecond = -1;
let secondText = '';

/** Unix nanoseconds as a decimal string: an int64 is not safe in a JavaScript number. */
export function unixNsText(unixMs: number): string {
  const second = Math.floor(unixMs / 1000);
  if (second !== writtenSecond) {
    writtenSecond = second;
    secondText = String(second);
  }
  const nanos = nanosOf(unixMs, second);
  const digits = String(nanos);
  return nanos >= 1e8 ? secondText + digits : secondText + digits.padStart(NANO_DIGITS, '0');
}

/** Of the second that has begun `second` seconds after 1970. */
function nanosOf(unixMs: number, second: number): number {
  return Math.min(999_999_999, Math.round((unixMs - second * 1000) * 1e6));
}
