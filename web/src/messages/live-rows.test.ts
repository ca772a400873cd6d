import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageSummary } from '@hopline/model/api';
import { overlayNewest } from './live-rows.ts';

const message = (id: string, outcome = 'in-flight'): MessageSummary =>
  ({ id, outcome }) as MessageSummary;

test('known rows keep their places and get their outcome; new ones are counted only', () => {
  const live = overlayNewest(
    [message('c'), message('b'), message('a')],
    [message('e'), message('d'), message('c', 'processed'), message('b')],
  );
  assert.deepEqual(
    live.rows.map((row) => `${row.id} ${row.outcome}`),
    ['c processed', 'b in-flight', 'a in-flight'],
  );
  assert.equal(live.newCount, 2);
  assert.equal(live.isGap, false);
});

test('a newest page without a known row is a gap', () => {
  const live = overlayNewest([message('a')], [message('z'), message('y')]);
  assert.deepEqual([live.newCount, live.isGap], [2, true]);
});

test('the first page of an empty list is new, not a gap', () => {
  const live = overlayNewest([], [message('a')]);
  assert.deepEqual([live.rows.length, live.newCount, live.isGap], [0, 1, false]);
});
