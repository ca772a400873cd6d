import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AxisUnit, valueAxis } from './value-axis.ts';

const labels = (highest: number, unit: AxisUnit): string => {
  const { ticks, label } = valueAxis(highest, unit);
  return ticks.map(label).join(' | ');
};

test('an axis of counts has round whole numbers', () => {
  for (const [highest, expected] of [
    [0, '0 | 1'],
    [Number.NaN, '0 | 1'],
    [1, '0 | 1'],
    [3, '0 | 1 | 2 | 3'],
    [5, '0 | 2 | 4 | 6'],
    [18, '0 | 5 | 10 | 15 | 20'],
    [123, '0 | 50 | 100 | 150'],
    [3300, '0 | 1k | 2k | 3k | 4k'],
  ] as const) {
    assert.equal(labels(highest, 'count'), expected);
  }
});

test('an axis of rates may have parts of a message', () => {
  for (const [highest, expected] of [
    [0, '0/s | 0.01/s'],
    [0.13, '0/s | 0.05/s | 0.1/s | 0.15/s'],
    [12, '0/s | 5/s | 10/s | 15/s'],
    [3300, '0/s | 1k/s | 2k/s | 3k/s | 4k/s'],
  ] as const) {
    assert.equal(labels(highest, 'rate'), expected);
  }
});

test('an axis of time has the steps of a clock, in one unit', () => {
  for (const [highest, expected] of [
    [0, '0 | 500 ms'],
    [0.000_003, '0 | 1 µs | 2 µs | 3 µs'],
    [0.6, '0 | 200 ms | 400 ms | 600 ms'],
    [1.4, '0 | 500 ms | 1 s | 1.5 s'],
    [3, '0 | 1 s | 2 s | 3 s'],
    [55, '0 | 15 s | 30 s | 45 s | 60 s'],
    [100, '0 | 30 s | 60 s | 90 s | 120 s'],
    [200, '0 | 1 min | 2 min | 3 min | 4 min'],
    [400, '0 | 2 min | 4 min | 6 min | 8 min'],
    [3600, '0 | 15 min | 30 min | 45 min | 60 min'],
    [5 * 3600, '0 | 2 h | 4 h | 6 h'],
    [9 * 86_400, '0 | 5 d | 10 d'],
  ] as const) {
    assert.equal(labels(highest, 'seconds'), expected);
  }
});

test('what is at the end of an axis has the same axis', () => {
  for (const highest of [0.0031, 0.7, 1.1, 17, 61, 999, 40_000, 1e6]) {
    const { max, ticks } = valueAxis(highest, 'seconds');
    assert.ok(max >= highest && ticks.length <= 5);
    assert.deepEqual(valueAxis(max, 'seconds').ticks, ticks);
  }
});
