import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRows } from './rows.ts';

const encode = (rows: readonly unknown[]): Uint8Array =>
  new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

test('no bytes are no rows, and the last line end may be missing', async () => {
  assert.deepEqual(await parseRows(new Uint8Array()), []);
  assert.deepEqual(await parseRows(new TextEncoder().encode('{"a":1}\n{"a":2}')), [
    { a: 1 },
    { a: 2 },
  ]);
});

test('rows of many slices come back whole, and others have their turn meanwhile', async () => {
  const rows = Array.from({ length: 20_000 }, (_, n) => ({
    n,
    text: `☃ 😀 \n ${'x'.repeat(n % 300)}`,
  }));
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  assert.deepEqual(await parseRows(encode(rows)), rows);
  clearInterval(timer);
  assert.ok(turns > 3, `${turns} turns`);
});

test('a row longer than a slice is one row', async () => {
  const rows = [{ text: 'é'.repeat(400_000) }, { text: 'after' }];
  assert.deepEqual(await parseRows(encode(rows)), rows);
});
