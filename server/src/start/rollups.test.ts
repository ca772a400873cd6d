import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pauseAfter } from './rollups.ts';

test('a look that found nothing is soon followed by the next; rounds that compute take a seventh of the time', () => {
  for (const [tookMs, pauseMs] of [
    [50, 2_000],
    [500, 3_000],
    [800, 4_800],
    // Within eight seconds with a second for the insert and both rounds.
    [1_200, 5_000],
    [3_000, 9_000],
    [13_000, 10_000],
  ] as const) {
    assert.equal(pauseAfter({ tookMs, isLeft: false }), pauseMs, `after ${tookMs} ms`);
  }
  assert.equal(pauseAfter({ tookMs: 100, isLeft: true }), 300);
  assert.equal(pauseAfter({ tookMs: 20_000, isLeft: true }), 10_000);
});
