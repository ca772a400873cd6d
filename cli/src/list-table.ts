import { cutMiddle, type Segment, type Style, segment, widthOf } from './terminal-text.ts';

export interface ListColumn<Row> {
  /** What the column is chosen by; also the name after `--sort`. */
  key: string;
  heading: string;
  isNumber?: boolean;
  text: (row: Row) => string;
  style?: (row: Row) => Style;
  /** Where the terminal is narrow: the columns with the highest number go first, those without stay. */
  goes?: number;
  /** Null goes last, whichever way. Numbers sort largest first, texts from A. */
  sortValue: (row: Row) => number | string | null;
}

export interface TableShape {
  /** Key of a column; it always stays. */
  sortedBy?: string;
  /** Columns of the terminal. Default: as many as it takes. */
  width?: number;
}

const GAP = 2;
/** A name is cut to this before a column goes, and never below. */
const LEAST_NAME = 28;

/**
 * A heading and a line a row, each column as wide as what stands in it. Where that is too wide the names of the
 * first column lose their middles; where that is not enough, columns go.
 */
export function listTable<Row>(
  all: readonly ListColumn<Row>[],
  rows: readonly Row[],
  { sortedBy, width = Number.POSITIVE_INFINITY }: TableShape = {},
): Segment[][] {
  const wide = all.map((column) => widthOfColumn(column, rows));
  const total = (at: readonly number[]): number =>
    at.reduce((sum, index) => sum + (wide[index] ?? 0) + GAP, -GAP);
  const name = wide[0] ?? 0;
  const least = Math.min(name, LEAST_NAME);
  let shown = all.map((_, index) => index);
  const leaving = shown
    .filter((index) => all[index]?.goes !== undefined && all[index]?.key !== sortedBy)
    .sort((a, b) => (all[b]?.goes ?? 0) - (all[a]?.goes ?? 0));
  for (const gone of leaving) {
    if (total(shown) - name + least <= width) break;
    shown = shown.filter((index) => index !== gone);
  }
  const nameWidth = Math.max(least, Math.min(name, name - total(shown) + width));
  const columns = shown.flatMap((index) => all[index] ?? []);
  const widths = shown.map((index) => (index === 0 ? nameWidth : (wide[index] ?? 0)));
  const cells = rows.map((row) =>
    columns.map((column, index) => {
      const cell = segment(column.text(row), column.style?.(row) ?? 'plain');
      return index === 0 ? { ...cell, text: cutMiddle(cell.text, nameWidth) } : cell;
    }),
  );
  const headings = columns.map(({ key, heading }) =>
    segment(heading, key === sortedBy ? 'strong' : 'dim'),
  );
  return [headings, ...cells].map((line) =>
    line.flatMap((cell, index) => {
      const padding = ' '.repeat((widths[index] ?? 0) - widthOf([cell]));
      const isLast = index === line.length - 1;
      const gap = isLast ? '' : ' '.repeat(GAP);
      return columns[index]?.isNumber
        ? [segment(padding), cell, segment(gap)]
        : [cell, segment(isLast ? '' : padding + gap)];
    }),
  );
}

const widthOfColumn = <Row>({ heading, text }: ListColumn<Row>, rows: readonly Row[]): number =>
  rows.reduce(
    (most, row) => Math.max(most, widthOf([segment(text(row))])),
    widthOf([segment(heading)]),
  );

/** A copy sorted by the column of that key, or the other way round; unchanged for a key that is none. */
export function sortList<Row>(
  columns: readonly ListColumn<Row>[],
  rows: readonly Row[],
  { key, isReversed = false }: { key: string; isReversed?: boolean },
): Row[] {
  const way = isReversed ? -1 : 1;
  const column = columns.find((one) => one.key === key);
  if (!column) return [...rows];
  return [...rows].sort((a, b) => {
    const [left, right] = [column.sortValue(a), column.sortValue(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === 'number' && typeof right === 'number') return (right - left) * way;
    return String(left).localeCompare(String(right), 'en', { numeric: true }) * way;
  });
}
