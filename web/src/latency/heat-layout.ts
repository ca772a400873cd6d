import type { LatencyResponse } from '@hopline/model/api';
import { msOf } from '../ui/unix-ms.ts';
import type { Brush } from './url.ts';

/**
 * The grid of a heat map: columns are steps of time, rows are bins of duration, the longest on top.
 * Steps stand on whole multiples of their width and the range does not: of the first and the last
 * column only the part within the range is seen, as of the first and last pile of the stacked chart.
 */
export interface HeatGrid {
  /** Where the first column begins; at or before `seenFromMs`. */
  fromMs: number;
  stepMs: number;
  columns: number;
  /** The range that the picture shows from its left to its right edge, Unix ms. */
  seenFromMs: number;
  seenToMs: number;
  lowBin: number;
  rows: number;
  binsPerDecade: number;
  cells: readonly HeatCell[];
}

export interface HeatCell {
  column: number;
  row: number;
  count: number;
  /** 0 to 1: how strong it is drawn. A logarithm, so that the few slow ones can be seen. */
  weight: number;
}

/** Two corners of a marked part, in any order. */
export interface Corner {
  column: number;
  row: number;
}

const MIN_ROWS = 12;

/** Null when there is no cell. */
export function heatGrid(latency: LatencyResponse): HeatGrid | null {
  const { cells, binsPerDecade } = latency.heat;
  if (cells.length === 0) return null;
  const stepMs = Number(latency.step) / 1e6;
  const times = cells.map(({ time }) => msOf(time));
  const seenFromMs = msOf(latency.from);
  const seenToMs = Math.max(msOf(latency.to), seenFromMs + 1);
  const fromMs = Math.floor(seenFromMs / stepMs) * stepMs;
  const columns = Math.ceil((seenToMs - fromMs) / stepMs);
  const bins = cells.map(({ bin }) => bin);
  const [low, high] = [Math.min(...bins), Math.max(...bins)];
  const spare = Math.max(0, MIN_ROWS - (high - low + 1));
  const lowBin = Math.max(0, low - Math.floor(spare / 2));
  const rows = Math.max(MIN_ROWS, high - lowBin + 1);
  const most = Math.max(...cells.map(({ count }) => count));
  return {
    fromMs,
    stepMs,
    columns,
    seenFromMs,
    seenToMs,
    lowBin,
    rows,
    binsPerDecade,
    cells: cells.map(({ bin, count }, index) => ({
      column: Math.round(((times[index] ?? fromMs) - fromMs) / stepMs),
      row: lowBin + rows - 1 - bin,
      count,
      weight: most <= 1 ? 1 : 0.12 + (0.88 * Math.log(count)) / Math.log(most),
    })),
  };
}

/** The part of the columns that is seen, in columns: what an SVG's `viewBox` takes. */
export const seenColumns = (grid: HeatGrid): { left: number; width: number } => ({
  left: (grid.seenFromMs - grid.fromMs) / grid.stepMs,
  width: (grid.seenToMs - grid.seenFromMs) / grid.stepMs,
});

/** The seen time and the durations that two corners hold between them, both cells included. */
export function brushOfCorners(grid: HeatGrid, a: Corner, b: Corner): Brush {
  const [left, right] = [Math.min(a.column, b.column), Math.max(a.column, b.column)];
  const [top, bottom] = [Math.min(a.row, b.row), Math.max(a.row, b.row)];
  const lowest = grid.lowBin + grid.rows - 1 - bottom;
  const highest = grid.lowBin + grid.rows - 1 - top;
  return {
    fromMs: Math.max(grid.seenFromMs, grid.fromMs + left * grid.stepMs),
    toMs: Math.min(grid.seenToMs, grid.fromMs + (right + 1) * grid.stepMs),
    minNs: lowest === 0 ? 0n : binStartNs(grid, lowest),
    maxNs: binStartNs(grid, highest + 1),
  };
}

/** The marked part in columns and rows of a grid that has moved on since; null when it is out of it. */
export function cornersOfBrush(grid: HeatGrid, brush: Brush): [Corner, Corner] | null {
  const left = Math.floor((brush.fromMs - grid.fromMs) / grid.stepMs);
  const right = Math.ceil((brush.toMs - grid.fromMs) / grid.stepMs) - 1;
  const bottom = grid.rows - 1 - (binOf(grid, brush.minNs) - grid.lowBin);
  const top =
    brush.maxNs === null ? 0 : grid.rows - 1 - (binOf(grid, brush.maxNs) - 1 - grid.lowBin);
  if (right < 0 || left >= grid.columns) return null;
  return [
    { column: clamp(left, grid.columns), row: clamp(top, grid.rows) },
    { column: clamp(right, grid.columns), row: clamp(bottom, grid.rows) },
  ];
}

/** The cell at a point given in fractions of the picture. */
export function cellAt(grid: HeatGrid, x: number, y: number): Corner {
  const { left, width } = seenColumns(grid);
  return {
    column: clamp(Math.floor(left + x * width), grid.columns),
    row: clamp(Math.floor(y * grid.rows), grid.rows),
  };
}

/** Rows where a power of ten begins, with its duration, for the axis. */
export function decades(grid: HeatGrid): { row: number; ns: bigint }[] {
  const marks: { row: number; ns: bigint }[] = [];
  for (let bin = grid.lowBin; bin <= grid.lowBin + grid.rows; bin += 1) {
    if (bin % grid.binsPerDecade !== 0) continue;
    marks.push({ row: grid.lowBin + grid.rows - bin, ns: 10n ** BigInt(bin / grid.binsPerDecade) });
  }
  return marks;
}

export const binStartNs = (grid: Pick<HeatGrid, 'binsPerDecade'>, bin: number): bigint =>
  BigInt(Math.round(10 ** (bin / grid.binsPerDecade)));

const binOf = (grid: HeatGrid, ns: bigint): number =>
  ns <= 0n ? 0 : Math.round(Math.log10(Number(ns)) * grid.binsPerDecade);

const clamp = (value: number, length: number): number => Math.min(length - 1, Math.max(0, value));
