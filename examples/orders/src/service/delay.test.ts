import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from './delay.ts';

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: string): number[] => Array.from({ length: 5 }, seededRandom(seed));
  assert.deepEqual(draw('payment'), draw('payment'));
  assert.notDeepEqual(draw('payment'), draw('shipping'));
});

test('the numbers are spread evenly over [0, 1)', () => {
  const random = seededRandom('spread');
  const buckets = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 10_000; draw += 1) {
    const bucket = Math.floor(random() * 10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const count of buckets) assert.ok(count > 850 && count < 1150, `${buckets}`);
});
