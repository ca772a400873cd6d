import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settlementOf } from './outcome.ts';
import { memorySeenIds } from './seen-ids.ts';

const POLICY = { maxAttempts: 3, delayMs: (attempt: number) => attempt * 10 };

test('the outcome of a handler decides what becomes of the message', () => {
  const threw = { threw: new Error('away') };
  const retry = { returned: { outcome: 'retry', delayMs: 7, reason: 'later' } } as const;
  const reject = { returned: { outcome: 'reject', reason: 'never' } } as const;
  assert.deepEqual(settlementOf({ returned: undefined }, 3, POLICY), { settle: 'ack' });
  assert.deepEqual(settlementOf(threw, 2, POLICY), { settle: 'nak', delayMs: 20, reason: 'away' });
  assert.deepEqual(settlementOf(threw, 3, POLICY), { settle: 'dead letter', reason: 'away' });
  assert.deepEqual(settlementOf(retry, 1, POLICY), { settle: 'nak', delayMs: 7, reason: 'later' });
  assert.deepEqual(settlementOf(retry, 3, POLICY), { settle: 'dead letter', reason: 'later' });
  assert.deepEqual(settlementOf(reject, 1, POLICY), { settle: 'dead letter', reason: 'never' });
});

test('the memory forgets the id that was not used for longest', async () => {
  const seen = memorySeenIds({ max: 2 });
  await seen.add('a');
  await seen.add('b');
  assert.equal(await seen.has('a'), true);
  await seen.add('c');
  assert.deepEqual(await Promise.all(['a', 'b', 'c'].map((id) => seen.has(id))), [
    true,
    false,
    true,
  ]);
});
