import type { Column } from './data-table.tsx';

/** A column of figures; unknown is a dash, goes last when sorted, and is never 0. */
export function numberColumn<Row>(
  key: string,
  heading: string,
  rest: {
    of: (row: Row) => number | null;
    text: (value: number) => string;
    width?: string;
    hint?: string;
  },
): Column<Row> {
  const { of, text, width = '84px', hint } = rest;
  return {
    key,
    heading,
    width,
    ...(hint ? { hint } : {}),
    isNumber: true,
    cell: (row) => {
      const value = of(row);
      return value === null ? <span className="quiet">–</span> : text(value);
    },
    sortValue: of,
  };
}
