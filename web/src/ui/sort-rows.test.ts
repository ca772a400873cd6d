import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSort, sortRows, sortText, toggleSort } from './sort-rows.ts';

test('unknown comes last whichever way', () => {
  const rows = [3, null, 1, 2];
  const value = (row: number | null): number | null => row;
  assert.deepEqual(sortRows(rows, value, false), [1, 2, 3, null]);
  assert.deepEqual(sortRows(rows, value, true), [3, 2, 1, null]);
});

test('names with numbers sort as a reader would', () => {
  assert.deepEqual(
    sortRows(['n10', 'n9', 'n1'], (name) => name, false),
    ['n1', 'n9', 'n10'],
  );
});

test('the address and back; a second click turns round', () => {
  for (const text of ['name', '-backlog']) {
    const sort = parseSort(text);
    assert.equal(sort && sortText(sort), text);
  }
  assert.equal(parseSort(7), undefined);
  assert.deepEqual(toggleSort(undefined, 'a', true), { key: 'a', isDescending: true });
  assert.deepEqual(toggleSort({ key: 'a', isDescending: true }, 'a', true), {
    key: 'a',
    isDescending: false,
  });
});
