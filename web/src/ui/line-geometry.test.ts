import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisTicks, linePath, niceMax, timeTicks } from './line-geometry.ts';

const BOX = { fromX: 0, toX: 10, maxY: 10, width: 100, height: 50 };

test('a line goes from left to right, 0 at the bottom', () => {
  const points = [0, 5, 10].map((x) => ({ x, y: x }));
  assert.equal(linePath(points, BOX), 'M0.0 50.0L50.0 25.0L100.0 0.0');
});

test('nothing is drawn through what is not known, nor over a gap', () => {
  const withHole = [
    { x: 0, y: 1 },
    { x: 1, y: null },
    { x: 2, y: 1 },
    { x: 3, y: 1 },
  ];
  assert.equal(linePath(withHole, BOX).match(/M/g)?.length, 2);
  const withGap = [0, 1, 2, 8, 9].map((x) => ({ x, y: 1 }));
  assert.equal(linePath(withGap, BOX).match(/M/g)?.length, 2);
});

test('a single point is seen; none is nothing', () => {
  assert.equal(linePath([{ x: 5, y: 0 }], BOX), 'M50.0 50.0h1.5');
  assert.equal(linePath([], BOX), '');
});

test('axes end at round numbers', () => {
  for (const [value, expected] of [
    [0, 1],
    [0.3, 0.5],
    [1, 1],
    [7, 10],
    [123, 200],
    [Number.NaN, 1],
  ] as const) {
    assert.equal(niceMax(value), expected);
  }
});

test('an axis of counts has no line that its label would be wrong for', () => {
  const count = (value: number): string => String(Math.round(value));
  assert.deepEqual(axisTicks(1, count), [0, 1]);
  assert.deepEqual(axisTicks(5, count), [0, 5]);
  assert.deepEqual(axisTicks(2, count), [0, 1, 2]);
  assert.deepEqual(axisTicks(1, String), [0, 0.5, 1]);
});

test('an axis of time has round times', () => {
  const at = Date.UTC(2026, 10, 27, 3, 26, 8);
  const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
  const quarter = timeTicks(at, at + 15 * 60_000, 0);
  assert.deepEqual(quarter.times.map(clock), [
    '03:28',
    '03:30',
    '03:32',
    '03:34',
    '03:36',
    '03:38',
    '03:40',
  ]);
  const week = timeTicks(at, at + 7 * 86_400_000, 3_600_000);
  assert.equal(week.stepMs, 86_400_000);
  assert.deepEqual([...new Set(week.times.map(clock))], ['23:00']);
  assert.deepEqual(timeTicks(at + 1, at + 2, 0).times, []);
  assert.ok(timeTicks(0, at, 0).times.length <= 100);
});
