import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from './duration.ts';

test('durations people type', () => {
  assert.equal(parseDuration('500ms'), 500);
  assert.equal(parseDuration('30s'), 30_000);
  assert.equal(parseDuration('1.5m'), 90_000);
  assert.equal(parseDuration('24h'), 86_400_000);
});

test('anything else is refused', () => {
  for (const text of ['', '30', 's', '-1s', '0s', '1d', '25h', '30 s', '1e3s', 'Infinitys']) {
    assert.throws(() => parseDuration(text), /Write it as 30s/, text);
  }
});
