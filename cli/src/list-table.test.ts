import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ListColumn, listTable, sortList } from './list-table.ts';
import { paint } from './terminal-text.ts';

interface Row {
  name: string;
  count: number | null;
}

const COLUMNS: readonly ListColumn<Row>[] = [
  { key: 'name', heading: 'NAME', text: ({ name }) => name, sortValue: ({ name }) => name },
  {
    key: 'count',
    heading: 'N',
    isNumber: true,
    text: ({ count }) => (count === null ? '–' : String(count)),
    sortValue: ({ count }) => count,
  },
];
const ROWS: readonly Row[] = [
  { name: 'n10', count: 5 },
  { name: 'n9', count: null },
  { name: 'é\u001b[31m', count: 1234 },
];

test('columns are as wide as what stands in them; nothing of a name reaches the terminal', () => {
  const lines = listTable(COLUMNS, ROWS).map((line) => paint(line, false));
  assert.deepEqual(lines, ['NAME     N', 'n10      5', 'n9       –', 'é     1234']);
});

test('numbers largest first, texts from A, unknown last', () => {
  const names = (key: string): string[] =>
    sortList(COLUMNS, ROWS, key).map(({ name }) => name.slice(0, 3));
  assert.deepEqual(names('count').slice(1), ['n10', 'n9']);
  assert.deepEqual(names('name').slice(1), ['n9', 'n10']);
  assert.deepEqual(names('nothing'), ['n10', 'n9', 'é\u001b[']);
});
