import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindCounts, kindsText, parseKinds, timelineOf } from './event-kinds.ts';

const TIMELINE = {
  step: '10',
  counts: [
    { time: '0', kind: 'nak', count: 2 },
    { time: '0', kind: 'auth error', count: 1 },
    { time: '10', kind: 'nak', count: 3 },
    { time: '10', kind: 'connect', count: 1 },
  ],
};

test('kinds are counted over the whole range, the most frequent first', () => {
  assert.deepEqual(
    kindCounts(TIMELINE, []).map(({ kind, count }) => `${kind} ${count}`),
    ['nak 5', 'auth error 1', 'connect 1'],
  );
});

test('a chosen kind can be taken back when nothing of it is left', () => {
  assert.deepEqual(kindCounts(TIMELINE, ['max_deliver']).at(-1), { kind: 'max_deliver', count: 0 });
});

test('the picture has the chosen kinds only, or all', () => {
  assert.deepEqual(
    timelineOf(TIMELINE, ['auth error', 'connect']).counts.map(({ kind }) => kind),
    ['auth error', 'connect'],
  );
  assert.equal(timelineOf(TIMELINE, []).counts.length, 4);
});

test('the address keeps kinds', () => {
  assert.deepEqual(parseKinds(kindsText(['nak', 'auth error'])), ['nak', 'auth error']);
  assert.deepEqual(parseKinds(undefined), []);
  assert.equal(kindsText([]), undefined);
});
