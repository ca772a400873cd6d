import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPassing, isRefusal } from './engine-errors.ts';

test('memory: the engine as a whole is a passing state, a segment over its own limit is refused', () => {
  assert.equal(isRefusal(241, '(total) memory limit exceeded: would use 2 GiB'), false);
  assert.equal(isRefusal(241, 'Query memory limit exceeded: would use 600 MiB'), true);
  assert.equal(isPassing(241), true);
});

test('bad bytes are refused; what the engine may do later is not', () => {
  for (const code of [32, 33, 444, 650, 117]) assert.equal(isRefusal(code, ''), true);
  for (const code of [159, 243, 394]) {
    assert.equal(isRefusal(code, ''), false);
    assert.equal(isPassing(code), true);
  }
});
