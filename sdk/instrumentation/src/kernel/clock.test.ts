import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, hrTimeOf, unixNsText } from './clock.ts';

test('the clock shows wall time and does not run backwards', () => {
  const clock = new Clock();
  let last = clock.nowMs();
  assert.ok(Math.abs(last - Date.now()) < 50);
  for (let i = 0; i < 10_000; i++) {
    const now = clock.nowMs();
    assert.ok(now >= last);
    last = now;
  }
});

test('a time is the same as a pair and as text, with all its digits', () => {
  const second = 1_795_354_530;
  for (const ms of [0, 0.25, 1, 99.75, 100, 100.5, 999.5, 999.999755859375]) {
    const [seconds, nanos] = hrTimeOf(second * 1000 + ms);
    assert.equal(seconds, second);
    assert.equal(nanos, Math.round(ms * 1e6));
    const text = unixNsText(second * 1000 + ms);
    assert.equal(BigInt(text), BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
    assert.equal(text.length, 19);
  }
  assert.equal(unixNsText((second + 1) * 1000), `${second + 1}000000000`);
});
