import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LatencyResponse } from '@hopline/model/api';
import {
  brushOfCorners,
  cellAt,
  cornersOfBrush,
  decades,
  heatGrid,
  seenColumns,
} from './heat-layout.ts';
import { stackOf } from './stack-layout.ts';

const SECOND = 1_000_000_000n;
const ns = (seconds: number): string => String(BigInt(seconds) * SECOND);

const answer = (cells: [seconds: number, bin: number, count: number][]): LatencyResponse => ({
  from: ns(1003),
  to: ns(1060),
  stages: [],
  redeliveries: [],
  step: ns(10),
  series: [],
  heat: {
    stage: 'total',
    binsPerDecade: 8,
    cells: cells.map(([seconds, bin, count]) => ({ time: ns(seconds), bin, count })),
  },
});

test('columns are steps, rows are bins with the longest on top, weights grow with the count', () => {
  const grid = heatGrid(
    answer([
      [1000, 48, 1],
      [1030, 48, 100],
      [1050, 56, 10],
    ]),
  )!;
  assert.equal(grid.columns, 6);
  assert.deepEqual(
    grid.cells.map(({ column, row }) => [column, row]),
    [
      [0, grid.cells[0]!.row],
      [3, grid.cells[0]!.row],
      [5, grid.cells[0]!.row - 8],
    ],
  );
  const [one, hundred, ten] = grid.cells.map(({ weight }) => weight);
  assert.ok(one! < ten! && ten! < hundred!);
  assert.ok(Math.abs(hundred! - 1) < 1e-9);
  assert.ok(one! >= 0.1, 'a single slow one can be seen');
});

test('a marked part is the time and the durations of its cells, and is found again', () => {
  const grid = heatGrid(
    answer([
      [1000, 48, 1],
      [1000, 56, 1],
    ]),
  )!;
  const { row } = grid.cells[0]!;
  const brush = brushOfCorners(grid, { column: 3, row: row - 8 }, { column: 1, row });
  assert.deepEqual(brush, {
    fromMs: 1_010_000,
    toMs: 1_040_000,
    minNs: 1_000_000n,
    // The row eight bins up holds 10 ms to 13.3 ms.
    maxNs: BigInt(Math.round(10 ** (57 / 8))),
  });
  assert.deepEqual(cornersOfBrush(grid, brush), [
    { column: 1, row: row - 8 },
    { column: 3, row },
  ]);
  const gone = { ...brush, fromMs: 100_000, toMs: 110_000 };
  assert.equal(cornersOfBrush(grid, gone), null);
});

test('the same instant has the same x as in the stacked chart', () => {
  const latency = answer([
    [1000, 48, 1],
    [1030, 48, 1],
    [1050, 48, 1],
  ]);
  const grid = heatGrid(latency)!;
  const { left, width } = seenColumns(grid);
  const { piles } = stackOf({
    ...latency,
    series: latency.heat.cells.map(({ time }) => ({ time, count: 1, averages: {}, p99: '1' })),
  });
  for (const [index, { column }] of grid.cells.entries()) {
    const pile = piles[index]!;
    const start = Math.max(0, (column - left) / width);
    const end = Math.min(1, (column + 1 - left) / width);
    assert.ok(Math.abs(start - pile.left) < 1e-9, `${start} ${pile.left}`);
    assert.ok(Math.abs(end - start - pile.width) < 1e-9, `${end} ${pile.width}`);
  }
});

test('of a step that the range cuts, what is seen is marked, and found again', () => {
  const grid = heatGrid(answer([[1000, 48, 1]]))!;
  const { row } = grid.cells[0]!;
  const first = brushOfCorners(grid, { column: 0, row }, { column: 0, row });
  assert.deepEqual([first.fromMs, first.toMs], [1_003_000, 1_010_000]);
  assert.deepEqual(cornersOfBrush(grid, first)![0].column, 0);
  assert.deepEqual(cornersOfBrush(grid, first)![1].column, 0);
  const cut = heatGrid({ ...answer([[1000, 48, 1]]), to: ns(1054) })!;
  const last = brushOfCorners(cut, { column: 5, row }, { column: 5, row });
  assert.deepEqual([last.fromMs, last.toMs], [1_050_000, 1_054_000]);
  assert.deepEqual(cornersOfBrush(cut, last)![0].column, 5);
  assert.deepEqual(cornersOfBrush(cut, last)![1].column, 5);
});

test('points lie in a cell, those outside in the nearest', () => {
  const grid = heatGrid(answer([[1000, 48, 1]]))!;
  assert.deepEqual(cellAt(grid, 0.5, 0), { column: 3, row: 0 });
  assert.deepEqual(cellAt(grid, 0.13, 0), { column: 1, row: 0 }, '7 of 57 seconds are gone');
  assert.deepEqual(cellAt(grid, 1.2, 2), { column: 5, row: grid.rows - 1 });
});

test('the axis marks powers of ten', () => {
  const grid = heatGrid(answer([[1000, 48, 1]]))!;
  const marks = decades(grid).map(({ ns: value }) => value);
  assert.ok(marks.includes(1_000_000n));
  for (const value of marks) assert.match(String(value), /^10*$/);
});

test('without cells there is no grid', () => {
  assert.equal(heatGrid(answer([])), null);
});
