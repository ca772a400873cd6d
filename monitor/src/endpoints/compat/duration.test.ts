import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseDurationNs } from './duration.ts';

suite('durations of nats-server', () => {
  for (const [text, seconds] of [
    ['0s', 0],
    ['132µs', 0.000132],
    ['1.5ms', 0.0015],
    ['59s', 59],
    ['1m0s', 60],
    ['23h59m59s', 86_399],
    ['1d0h0m0s', 86_400],
    ['1y2d3h4m5s', 31_536_000 + 2 * 86_400 + 3 * 3600 + 245],
  ] as const) {
    test(text, () => assert.equal(parseDurationNs(text), seconds * 1e9));
  }

  for (const text of ['', 'soon', '5', '1d0x', '-1s']) {
    test(`${JSON.stringify(text)} is none`, () => assert.ok(Number.isNaN(parseDurationNs(text))));
  }
});
