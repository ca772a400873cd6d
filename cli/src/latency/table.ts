import type { Style } from '../terminal-text.ts';
import { type Segment, segment } from '../terminal-text.ts';

export interface Column {
  title: string;
  align?: 'left' | 'right';
}

/** Text, or text in a style. */
export type Cell = string | { text: string; style: Style };

const GAP = '  ';

/** Lines of a table without rules: a dim head, columns as wide as their widest cell. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Segment[][] {
  const head = columns.map(({ title }): Cell => ({ text: title, style: 'dim' }));
  const widths = columns.map((_, index) =>
    Math.max(...[head, ...rows].map((row) => [...textOf(row[index] ?? '')].length)),
  );
  return [head, ...rows].map((row) =>
    columns.map(({ align }, index) => {
      const cell = row[index] ?? '';
      const gap = ' '.repeat((widths[index] ?? 0) - [...textOf(cell)].length);
      const isLast = index === columns.length - 1;
      const text = align === 'right' ? gap + textOf(cell) : textOf(cell) + (isLast ? '' : gap);
      return segment(text + (isLast ? '' : GAP), typeof cell === 'string' ? 'plain' : cell.style);
    }),
  );
}

const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text);
