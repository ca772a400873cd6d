import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiffLine } from '@hopline/model/api';
import { splitLines } from './split-lines.ts';

const KINDS = { ' ': 'same', '-': 'removed', '+': 'added' } as const;
const read = (lines: string[]): DiffLine[] =>
  lines.map((line) => ({ kind: KINDS[line[0] as ' '], text: line.slice(1) }));

test('what was removed stands beside what was added in its place', () => {
  const rows = splitLines(read([' a', '-b', '-c', '+B', ' d', '+e']));
  assert.deepEqual(
    rows.map(({ left, right }) => [left?.text, right?.text]),
    [
      ['a', 'a'],
      ['b', 'B'],
      ['c', undefined],
      ['d', 'd'],
      [undefined, 'e'],
    ],
  );
});
