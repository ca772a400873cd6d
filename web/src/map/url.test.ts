import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMapSearch } from './url.ts';

test('the selection, the focus and the view survive the address; the rest does not', () => {
  const search = {
    selected: 'service:payment',
    focus: 'stream:ORDERS',
    find: 'pay',
    view: 'table',
    group: 'namespace',
    at: '1790000000000',
  };
  assert.deepEqual(parseMapSearch(search), search);
  assert.deepEqual(
    parseMapSearch({ view: '3d', group: 'colour', at: '-1', selected: '', focus: 4, other: 'x' }),
    {},
  );
});
