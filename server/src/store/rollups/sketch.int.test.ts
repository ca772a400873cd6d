import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryDatabase } from '../chdb/temporary-database.ts';
import { binOf, percentile } from './sketch.ts';

const COUNT = 200_000;
const SHARES = [0.01, 0.5, 0.9, 0.99, 0.999];
/** (g - 1) / (g + 1) for g = 10^(1 / 144). */
const MOST_OFF = 0.007_995;

/** SQL of a duration in ns by `number`, as stages of real systems spread; the same in every run. */
const DISTRIBUTIONS: Record<string, string> = {
  uniform: '1e6 + 1.9e7 * u',
  'heavy tail': '1e6 / pow(1 - u, 1 / 1.1)',
  'two humps': 'if(number % 80 = 0, 2.5e8 + 1e8 * u, 1.8e6 + 4e5 * u)',
  'nine decades': 'exp10(9 * u)',
};

test('percentiles of merged bins are off by less than 0.8 %, and never past what was seen', async () => {
  await using store = await temporaryDatabase();
  for (const [name, value] of Object.entries(DISTRIBUTIONS)) {
    // Counted in a hundred buckets, and merged as the roller does.
    const [row] = await store.select<{ exact: string[]; told: number[] }>(`
      WITH durations AS (
        SELECT number, (cityHash64(number) % 1000003 + 0.5) / 1000003 AS u, toInt64(${value}) AS took
        FROM numbers(${COUNT})),
      buckets AS (
        SELECT groupArray(bin) AS bins, groupArray(n) AS bin_counts, min(lo) AS low, max(hi) AS high
        FROM (SELECT number % 100 AS bucket, ${binOf('took')} AS bin, count() AS n, min(took) AS lo, max(took) AS hi
          FROM durations GROUP BY bucket, bin)
        GROUP BY bucket)
      SELECT (SELECT quantilesExactLow(${SHARES.join()})(took) FROM durations) AS exact,
        [${SHARES.map((q) => percentile(q, 'merged', { least: 'least', most: 'most' })).join()}] AS told
      FROM (SELECT sumMap(bins, bin_counts) AS merged, min(low) AS least, max(high) AS most FROM buckets)`);
    assert.ok(row);
    for (const [index, share] of SHARES.entries()) {
      const [exact, told] = [Number(row.exact[index]), row.told[index]!];
      const off = Math.abs(told - exact) / exact;
      assert.ok(off <= MOST_OFF, `${name} ${share}: ${told} for ${exact}, off by ${off}`);
    }
  }
});

test('the percentile of one value is that value; of none it is 0', async () => {
  await using store = await temporaryDatabase();
  const of = (bins: string): Promise<{ told: number }[]> =>
    store.select(`SELECT ${percentile(0.99, 'm', { least: '12345678', most: '12345678' })} AS told
      FROM (SELECT ${bins} AS m)`);
  const one = await of(`([${binOf('12345678')}], [toUInt64(1)])`);
  assert.equal(one[0]?.told, 12_345_678);
  const none = await of('(emptyArrayUInt16(), emptyArrayUInt64())');
  assert.equal(none[0]?.told, 0);
});
