import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attempts } from './attempts.ts';

const message = (streamSequence: number, deliveryCount: number) => ({
  stream: 'ORDERS',
  consumer: 'worker',
  deliveryCount,
  streamSequence,
  consumerSequence: 1,
  storeTimeNs: '1',
  pending: 0,
});
const span = (spanId: string, traceFlags = 1) => ({ traceId: 't', spanId, traceFlags });

test('the attempt before, and nothing for the first one', () => {
  const attempts = new Attempts();
  attempts.remember(message(1, 1), span('a'));
  assert.equal(attempts.previous(message(1, 1)), undefined);
  assert.equal(attempts.previous(message(1, 2))?.spanId, 'a');
  attempts.remember(message(1, 2), span('b'));
  assert.equal(attempts.previous(message(1, 3))?.spanId, 'b');
  assert.equal(attempts.previous(message(2, 2)), undefined);
  assert.equal(attempts.previous({ ...message(1, 2), consumer: 'other' }), undefined);
});

test('settled messages and unsampled attempts are not kept', () => {
  const attempts = new Attempts();
  attempts.remember(message(1, 1), span('a'));
  attempts.forget(message(1, 1));
  attempts.remember(message(2, 1), span('b', 0));
  assert.equal(attempts.size, 0);
});

test('a million messages that nobody settles stay within the bound, the newest are kept', () => {
  const attempts = new Attempts();
  for (let seq = 1; seq <= 1_000_000; seq++) attempts.remember(message(seq, 1), span(`s${seq}`));
  assert.ok(attempts.size <= 10_000 && attempts.size >= 5000);
  assert.equal(attempts.previous(message(1_000_000, 2))?.spanId, 's1000000');
  assert.equal(attempts.previous(message(1, 2)), undefined);
});
