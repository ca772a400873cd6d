import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FATES, worstFate } from './fate.ts';

test('the worst fate wins, whatever the order', () => {
  assert.equal(worstFate(['processed', 'dead-lettered', 'failed']), 'dead-lettered');
  assert.equal(worstFate(['processed', 'in-flight']), 'in-flight');
  assert.equal(worstFate(['processed', 'processed']), 'processed');
  assert.equal(worstFate(['delivered', 'processed', 'unknown']), 'processed');
  assert.equal(worstFate([]), 'unknown');
});

test('every fate has a place in the order', () => {
  for (const fate of FATES) assert.equal(worstFate([fate]), fate);
});
