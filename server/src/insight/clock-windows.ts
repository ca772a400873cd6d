import { type ClockWindowRow, clockStepOf, NONE_ABOVE, NONE_BELOW } from '../store/store.ts';
import type { Bound, ClockWindows } from './clocks.ts';

/** The stored windows, found by a mark's clock and time. */
export function clockWindowsOf(rows: readonly ClockWindowRow[]): ClockWindows {
  const known = new Map(rows.map((row) => [`${row.step} ${row.clock}`, boundOf(row)]));
  return ({ clock, at }) => known.get(`${clockStepOf(at)} ${clock}`);
}

function boundOf({ at_least, at_most }: ClockWindowRow): Bound {
  const [lower, upper] = [BigInt(at_least), BigInt(at_most)];
  return {
    lower: lower === NONE_BELOW ? null : lower,
    upper: upper === NONE_ABOVE ? null : upper,
  };
}
