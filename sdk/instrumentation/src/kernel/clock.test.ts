import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, elapsedSeconds, unixNsText } from './clock.ts';

test('the clock shows wall time and does not run backwards', () => {
  const clock = new Clock();
  let last = clock.now();
  assert.ok(Math.abs(last[0] * 1000 + last[1] / 1e6 - Date.now()) < 50);
  for (let i = 0; i < 10_000; i++) {
    const now = clock.now();
    assert.ok(elapsedSeconds(last, now) >= 0);
    assert.ok(now[1] >= 0 && now[1] <= 999_999_999);
    last = now;
  }
});

test('nanoseconds keep all their digits', () => {
  assert.equal(unixNsText([1795354530, 7]), '1795354530000000007');
  assert.equal(elapsedSeconds([10, 900_000_000], [12, 100_000_000]).toFixed(3), '1.200');
});
