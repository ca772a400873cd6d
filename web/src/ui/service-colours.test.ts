import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignServiceColours } from './service-colours.ts';

test('up to twelve services never share a colour', () => {
  for (let count = 1; count <= 12; count += 1) {
    const names = Array.from({ length: count }, (_, index) => `service-${index}`);
    assert.equal(new Set(assignServiceColours(names).values()).size, count);
  }
});

test('the order of the names changes nothing, and a thirteenth has a colour too', () => {
  const names = Array.from({ length: 13 }, (_, index) => `s${index}`);
  const colours = assignServiceColours(names);
  assert.equal(colours.size, 13);
  assert.deepEqual([...assignServiceColours([...names].reverse())], [...colours]);
});
