import { type Segment, type Style, segment, widthOf } from './terminal-text.ts';

export interface ListColumn<Row> {
  /** What the column is chosen by; also the name after `--sort`. */
  key: string;
  heading: string;
  isNumber?: boolean;
  text: (row: Row) => string;
  style?: (row: Row) => Style;
  /** Null goes last, whichever way. Numbers sort largest first, texts from A. */
  sortValue: (row: Row) => number | string | null;
}

const GAP = 2;

/** A heading and a line a row, each column as wide as what stands in it. */
export function listTable<Row>(
  columns: readonly ListColumn<Row>[],
  rows: readonly Row[],
  sortedBy?: string,
): Segment[][] {
  const cells = rows.map((row) =>
    columns.map((column) => segment(column.text(row), column.style?.(row) ?? 'plain')),
  );
  const headings = columns.map(({ key, heading }) =>
    segment(heading, key === sortedBy ? 'strong' : 'dim'),
  );
  const widths = columns.map((_, index) =>
    Math.max(...[headings, ...cells].map((line) => widthOf([line[index] as Segment]))),
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

/** A copy sorted by the column of that key; unchanged for a key that is none. */
export function sortList<Row>(
  columns: readonly ListColumn<Row>[],
  rows: readonly Row[],
  key: string,
): Row[] {
  const column = columns.find((one) => one.key === key);
  if (!column) return [...rows];
  return [...rows].sort((a, b) => {
    const [left, right] = [column.sortValue(a), column.sortValue(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === 'number' && typeof right === 'number') return right - left;
    return String(left).localeCompare(String(right), 'en', { numeric: true });
  });
}
