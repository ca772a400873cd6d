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
    sortList(COLUMNS, ROWS, { key }).map(({ name }) => name.slice(0, 3));
  assert.deepEqual(names('count').slice(1), ['n10', 'n9']);
  assert.deepEqual(names('name').slice(1), ['n9', 'n10']);
  assert.deepEqual(names('nothing'), ['n10', 'n9', 'é\u001b[']);
  const turned = sortList(COLUMNS, ROWS, { key: 'count', isReversed: true });
  assert.deepEqual(
    turned.map(({ count }) => count),
    [5, 1234, null],
  );
});

test('a narrow terminal: names lose their middles first, then columns go, the sorted one stays', () => {
  const name = 'CUSTOMER_ORDERS_EUROPE_PRODUCTION/warehouse-label-printer';
  const columns = [...COLUMNS, { ...COLUMNS[1]!, key: 'more', heading: 'ANOTHER COLUMN', goes: 1 }];
  const at = (width: number, sortedBy = 'count'): string[] =>
    listTable(columns, [{ name, count: 1234 }], { width, sortedBy }).map((line) =>
      paint(line, false),
    );
  assert.equal(at(200)[1], `${name}  1234            1234`);
  assert.equal(at(60)[1], 'CUSTOMER_ORDERS_EUR…ouse-label-printer  1234            1234');
  assert.ok(at(60).every((line) => line.length <= 60));
  assert.ok(at(40).every((line) => line.length <= 40 && !line.includes('ANOTHER')));
  assert.match(at(40, 'more')[0] ?? '', /ANOTHER/);
});
