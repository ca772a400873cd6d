import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesLabel, countLabel, rateLabel, ratioLabel } from './number-text.ts';

test('rates', () => {
  const cases: [number, string][] = [
    [0, '0/s'],
    [0.004, '<0.01/s'],
    [0.5, '0.5/s'],
    [4.256, '4.26/s'],
    [10, '10/s'],
    [999.95, '1000/s'],
    [12_400, '12k/s'],
  ];
  for (const [rate, text] of cases) assert.equal(rateLabel(rate), text);
});

test('a ratio that is not 0 never reads as 0', () => {
  assert.equal(ratioLabel(0), '0%');
  assert.equal(ratioLabel(0.00001), '<0.01%');
  assert.equal(ratioLabel(0.031), '3.1%');
  assert.equal(ratioLabel(1), '100%');
});

test('counts and bytes', () => {
  assert.deepEqual(
    [countLabel(950), countLabel(1200), countLabel(3_100_000)],
    ['950', '1.2k', '3.1M'],
  );
  assert.deepEqual([bytesLabel(412), bytesLabel(1536)], ['412 B', '1.5 KiB']);
});
