import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linePath, timeTicks } from './line-geometry.ts';

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

test('an axis of time has round times', () => {
  const at = Date.UTC(2026, 10, 27, 3, 26, 8);
  const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
  const quarter = timeTicks({ fromMs: at, toMs: at + 15 * 60_000, zoneMs: 0, most: 8 });
  assert.deepEqual(quarter.times.map(clock), [
    '03:28',
    '03:30',
    '03:32',
    '03:34',
    '03:36',
    '03:38',
    '03:40',
  ]);
  const week = timeTicks({ fromMs: at, toMs: at + 7 * 86_400_000, zoneMs: 3_600_000, most: 8 });
  assert.equal(week.stepMs, 86_400_000);
  assert.deepEqual([...new Set(week.times.map(clock))], ['23:00']);
  const narrow = timeTicks({ fromMs: at, toMs: at + 15 * 60_000, zoneMs: 0, most: 4 });
  assert.deepEqual(narrow.times.map(clock), ['03:30', '03:35', '03:40']);
  const none = { zoneMs: 0, most: 8 };
  assert.deepEqual(timeTicks({ fromMs: at + 1, toMs: at + 2, ...none }).times, []);
  assert.ok(timeTicks({ fromMs: 0, toMs: at, ...none }).times.length <= 100);
});
