import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exponentialFullJitter, fixed, fullJitterCeilingMs, immediate } from './backoff.ts';

test('full jitter uses the whole interval from 0 to a ceiling that doubles up to the cap', () => {
  const options = { baseMs: 100, capMs: 1_000 };
  const backoff = exponentialFullJitter(options);
  const ceilings = [0, 1, 2, 3, 4, 50].map((round) => fullJitterCeilingMs({ round }, options));
  assert.deepEqual(ceilings, [100, 200, 400, 800, 1_000, 1_000]);
  fc.assert(
    fc.property(fc.nat(2_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (round, random) => {
      const delayMs = backoff({ attempt: round + 1, round }, () => random);
      assert.equal(delayMs, random * fullJitterCeilingMs({ round }, options));
    }),
  );
});

test('fixed waits the same plus its jitter; immediate waits only when all were tried', () => {
  const step = { attempt: 1, round: 0 };
  assert.equal(
    fixed({ delayMs: 300, jitterMs: 20 })(step, () => 0.5),
    310,
  );
  assert.equal(
    immediate()(step, () => 0.5),
    0,
  );
  assert.equal(
    immediate({ pauseMs: 7 })({ attempt: 4, round: 1 }, () => 0.5),
    7,
  );
});
