import { durationNs, formatDuration } from '@hopline/model';
import { countLabel, rateLabel } from './number-text.ts';

/** What an axis counts in: it decides which steps are round. */
export type AxisUnit = 'count' | 'rate' | 'seconds';

/** An axis from 0 up in equal round steps. */
export interface ValueAxis {
  /** The value at its end: a whole number of steps, at or above what it has to hold. */
  max: number;
  /** From 0 to `max`. */
  ticks: readonly number[];
  label: (value: number) => string;
}

const NANOSECOND = 1e-9;
const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];
const MOST_STEPS = 4;
const CLOCK_STEPS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
];

/** The axis that has room for `highest` in the fewest lines that are still enough. */
export function valueAxis(highest: number, unit: AxisUnit): ValueAxis {
  const step = stepFor(highest, unit);
  // A quotient such as 0.6 / 0.2 is a hair above 3.
  const steps = Math.max(1, Math.ceil(highest / step - 1e-9) || 1);
  const ticks = Array.from({ length: steps + 1 }, (_, index) => index * step);
  return {
    max: steps * step,
    ticks,
    label: labelOf(unit, step),
  };
}

function labelOf(unit: AxisUnit, step: number): (value: number) => string {
  if (unit === 'seconds') return (value) => secondsTick(value, step);
  return unit === 'rate' ? rateLabel : countLabel;
}

function stepFor(highest: number, unit: AxisUnit): number {
  const least = highest > 0 && Number.isFinite(highest) ? highest / MOST_STEPS : 0;
  // There is no half of a message.
  if (unit === 'count') return decimalStep(Math.max(1, least));
  if (unit === 'rate') return decimalStep(Math.max(0.01, least));
  if (least <= 0.5) return decimalStep(Math.max(NANOSECOND, least || 0.5));
  const clock = CLOCK_STEPS.find((step) => step >= least - 1e-9);
  return clock ?? decimalStep(least / DAY) * DAY;
}

/** The next of 1, 2 and 5 times a power of ten. */
function decimalStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9);
  const factor = [1, 2, 5].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** All of an axis in one unit, so that its labels can be compared: `30 s`, `60 s`, `90 s`. */
function secondsTick(value: number, step: number): string {
  if (value === 0) return '0';
  if (step < 1) {
    const [number, unit] = formatDuration(durationNs(BigInt(Math.round(value * 1e9)))).split(' ');
    return `${Number(number)} ${unit}`;
  }
  const [unit, name] =
    step >= DAY
      ? [DAY, 'd']
      : step >= HOUR
        ? [HOUR, 'h']
        : step >= MINUTE
          ? [MINUTE, 'min']
          : [1, 's'];
  return `${Math.round(value / unit)} ${name}`;
}
