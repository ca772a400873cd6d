import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useMemo, useRef } from 'react';
import styles from './data-table.module.css';
import { type SortBy, sortRows, toggleSort } from './sort-rows.ts';

export interface Column<Row> {
  key: string;
  heading: string;
  /** What the heading means, where one word does not say it. */
  hint?: string;
  /** CSS width. */
  width: string;
  isNumber?: boolean;
  cell: (row: Row) => ReactNode;
  /** Its cell does what a click on the row does, by keys too. For rows that hold no link. */
  isOpener?: boolean;
  /** What the column is sorted by; null goes last either way. Without it the column cannot be sorted. */
  sortValue?: (row: Row) => number | string | null;
}

const ROW_HEIGHT_PX = 34;

/** A table of any length: only the rows on the screen are drawn. Headings sort; the caller keeps how. */
export function DataTable<Row>(props: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  sort: SortBy | undefined;
  onSort: (sort: SortBy) => void;
  selectedKey?: string | undefined;
  /**
   * `isShort`: a row with two cells, the first column, and the second over all the others.
   * `isGroup`: the heading of the rows below it.
   */
  rowLook?: (row: Row) => { isShort?: boolean; isGroup?: boolean };
  onSelect?: (row: Row) => void;
}): ReactNode {
  const { columns, rows, sort } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => {
    const column = columns.find(({ key }) => key === sort?.key);
    return sort && column?.sortValue ? sortRows(rows, column.sortValue, sort.isDescending) : rows;
  }, [columns, rows, sort]);
  const onSort = (next: SortBy) => {
    scroller.current?.scrollTo({ top: 0 });
    props.onSort(next);
  };
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const abovePx = items[0]?.start ?? 0;
  const belowPx = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <div ref={scroller} className={styles.scroller} tabIndex={0}>
      <table className={styles.table} aria-label={props.label} aria-rowcount={sorted.length + 1}>
        <colgroup>
          {columns.map(({ key, width }) => (
            <col key={key} style={{ width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column.key} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {abovePx > 0 && <tr style={{ height: abovePx }} />}
          {items.map(({ index }) => {
            const row = sorted[index];
            if (row === undefined) return null;
            const key = props.rowKey(row);
            const { isGroup = false, isShort = false } = props.rowLook?.(row) ?? {};
            const onOpen = isGroup || !props.onSelect ? undefined : () => props.onSelect?.(row);
            return (
              <tr
                key={key}
                data-row={key}
                aria-rowindex={index + 2}
                data-group={isGroup || undefined}
                data-selected={key === props.selectedKey || undefined}
                data-clickable={onOpen ? true : undefined}
                onClick={(event) => {
                  if ((event.target as Element).closest('a,button')) return;
                  onOpen?.();
                }}
              >
                {(isShort ? columns.slice(0, 2) : columns).map((column, at) => (
                  <td
                    key={column.key}
                    data-number={column.isNumber || undefined}
                    colSpan={isShort && at === 1 ? columns.length - 1 : undefined}
                  >
                    <Cell column={column} row={row} onOpen={onOpen} />
                  </td>
                ))}
              </tr>
            );
          })}
          {belowPx > 0 && <tr style={{ height: belowPx }} />}
        </tbody>
      </table>
    </div>
  );
}

function Cell<Row>(props: {
  column: Column<Row>;
  row: Row;
  onOpen: (() => void) | undefined;
}): ReactNode {
  const { column, row, onOpen } = props;
  const content = column.cell(row);
  if (!column.isOpener || !onOpen) return content;
  return (
    <button type="button" className={styles.opener} onClick={onOpen}>
      {content}
    </button>
  );
}

function Heading<Row>(props: {
  column: Column<Row>;
  sort: SortBy | undefined;
  onSort: (sort: SortBy) => void;
}): ReactNode {
  const { column, sort } = props;
  const isSorted = sort?.key === column.key;
  const Arrow = sort?.isDescending ? IconChevronDown : IconChevronUp;
  return (
    <th
      data-number={column.isNumber || undefined}
      aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined}
      title={column.hint}
    >
      {column.sortValue ? (
        <button
          type="button"
          onClick={() => props.onSort(toggleSort(sort, column.key, column.isNumber === true))}
        >
          {column.heading}
          {isSorted && <Arrow size={12} aria-hidden />}
        </button>
      ) : (
        column.heading
      )}
    </th>
  );
}
