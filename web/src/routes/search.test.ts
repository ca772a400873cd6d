import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseRangeSearch,
  parseSearch,
  rangeOfSearch,
  searchOfRange,
  stringifySearch,
} from './search.ts';

test('a quick range, and the default that is left out', () => {
  assert.deepEqual(parseRangeSearch({ range: '1h' }), { range: '1h' });
  assert.deepEqual(parseRangeSearch({ range: '15m' }), {});
  assert.deepEqual(parseRangeSearch({ range: 'toString' }), {});
  assert.deepEqual(rangeOfSearch({}), { kind: 'last', key: '15m' });
});

test('a fixed range wins over a quick one and is written in one way', () => {
  const parsed = parseRangeSearch({
    range: '1h',
    from: '2026-11-22T13:00:00+01:00',
    to: '2026-11-22T12:30:00Z',
  });
  assert.deepEqual(parsed, { from: '2026-11-22T12:00:00.000Z', to: '2026-11-22T12:30:00.000Z' });
  assert.equal(rangeOfSearch(parsed).kind, 'between');
});

test('a range that ends before it starts, or is no time, is the default', () => {
  const to = '2026-11-22T12:00:00Z';
  assert.deepEqual(parseRangeSearch({ from: '2026-11-22T13:00:00Z', to }), {});
  assert.deepEqual(parseRangeSearch({ from: 'yesterday', to }), {});
});

test('every range comes back from the address as it went in', () => {
  for (const search of [
    {},
    { range: '7d' },
    { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' },
  ]) {
    const again = searchOfRange(rangeOfSearch(search));
    assert.deepEqual(parseRangeSearch(parseSearch(stringifySearch(again))), search);
  }
});

test('text stays text: numbers, exponents, wildcards and quotes', () => {
  const search = { text: '1e5', subject: 'orders.*.>', service: '"a&b=c"', id: '007' };
  assert.deepEqual(parseSearch(stringifySearch(search)), search);
  assert.equal(stringifySearch({ text: undefined, subject: '' }), '');
});
