import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeLabel, provenanceParts } from './figures.ts';

test('a change says how much and how many percent, and whether it is for the worse', () => {
  const f = (ns: string, than: string | null, expected: [text: string, isWorse: boolean]): void => {
    const [text, isWorse] = expected;
    assert.deepEqual(changeLabel(ns, than), { text, isWorse });
  };
  f('15000000', '10000000', ['+5.00 ms +50%', true]);
  f('5000000', '10000000', ['−5.00 ms −50%', false]);
  f('10100000', '10000000', ['same', false]);
  f('900000000', '1000000', ['+899 ms', true]);
  f('1000', '0', ['+1.00 µs', true]);
  f('1000', null, ['not seen there', false]);
});

test('provenance is told in shares, the most frequent first, what never was is left out', () => {
  const parts = provenanceParts({ measured: 1, derived: 3, adjusted: 0 });
  assert.deepEqual(
    parts.map(({ word, ratio }) => [word, ratio]),
    [
      ['derived', 0.75],
      ['measured', 0.25],
    ],
  );
});
