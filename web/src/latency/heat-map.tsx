import type { LatencyResponse } from '@hopline/model/api';
import { Button } from '@mantine/core';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useMemo, useState } from 'react';
import { durationLabel } from '../ui/duration-text.tsx';
import { timeLabel } from '../ui/time-text.tsx';
import {
  binStartNs,
  brushOfCorners,
  type Corner,
  cellAt,
  cornersOfBrush,
  decades,
  heatGrid,
  seenColumns,
} from './heat-layout.ts';
import styles from './latency.module.css';
import { TimeAxis } from './time-axis.tsx';
import type { Brush } from './url.ts';

type Grid = NonNullable<ReturnType<typeof heatGrid>>;

/** How many took how long, over time. Dragging, or the arrow keys, marks a part of it. */
export function HeatMap(props: {
  latency: LatencyResponse;
  brush: Brush | null;
  onBrush: (brush: Brush | null) => void;
  children?: ReactNode;
}): ReactNode {
  const { latency } = props;
  const [isTable, setTable] = useState(false);
  const grid = useMemo(() => heatGrid(latency), [latency]);
  return (
    <figure className={styles.figure}>
      <figcaption>
        <h2>
          Heat map of <em>{latency.heat.stage}</em>
        </h2>
        {props.children}
        <span className={styles.hint}>
          Drag over it, or use the arrow keys (with Shift to widen), to see the messages behind
        </span>
        <Button size="compact-xs" variant="subtle" onClick={() => setTable(!isTable)}>
          {isTable ? 'Picture' : 'Table'}
        </Button>
      </figcaption>
      {grid === null ? (
        <p className={styles.nothing}>No first attempt has this stage in this time range.</p>
      ) : isTable ? (
        <HeatTable latency={latency} grid={grid} onBrush={props.onBrush} />
      ) : (
        <div className={styles.plot}>
          <div className={styles.bins} aria-hidden="true">
            {decades(grid).map(({ row, ns }) => (
              <span key={row} style={{ top: `${(row / grid.rows) * 100}%` }}>
                {durationLabel(String(ns))}
              </span>
            ))}
          </div>
          <Cells grid={grid} brush={props.brush} onBrush={props.onBrush} />
          <TimeAxis from={latency.from} to={latency.to} />
        </div>
      )}
    </figure>
  );
}

const MOVES: Readonly<Record<string, Corner>> = {
  ArrowLeft: { column: -1, row: 0 },
  ArrowRight: { column: 1, row: 0 },
  ArrowUp: { column: 0, row: -1 },
  ArrowDown: { column: 0, row: 1 },
};

function Cells(props: {
  grid: Grid;
  brush: Brush | null;
  onBrush: (brush: Brush | null) => void;
}): ReactNode {
  const { grid, brush, onBrush } = props;
  const [drag, setDrag] = useState<[Corner, Corner] | null>(null);
  const shown = drag ?? (brush && cornersOfBrush(grid, brush));
  const seen = seenColumns(grid);
  const corner = (event: PointerEvent<SVGSVGElement>): Corner => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    return cellAt(grid, (event.clientX - left) / width, (event.clientY - top) / height);
  };
  const onKey = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    if (event.key === 'Escape' && brush) {
      event.stopPropagation();
      onBrush(null);
    }
    if (!move) return;
    event.preventDefault();
    const [start, end] = shown ?? [middle(grid), middle(grid)];
    const next = {
      column: Math.min(grid.columns - 1, Math.max(0, end.column + (shown ? move.column : 0))),
      row: Math.min(grid.rows - 1, Math.max(0, end.row + (shown ? move.row : 0))),
    };
    onBrush(brushOfCorners(grid, event.shiftKey ? start : next, next));
  };
  return (
    <svg
      className={styles.cells}
      viewBox={`${seen.left} 0 ${seen.width} ${grid.rows}`}
      preserveAspectRatio="none"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys mark a part of the picture.
      tabIndex={0}
      role="img"
      aria-label="Heat map; arrow keys mark a part of it, the table has its figures"
      onKeyDown={onKey}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = corner(event);
        setDrag([at, at]);
      }}
      onPointerMove={(event) => {
        if (drag) setDrag([drag[0], corner(event)]);
      }}
      onPointerUp={() => {
        if (drag) onBrush(brushOfCorners(grid, ...drag));
        setDrag(null);
      }}
      onPointerCancel={() => setDrag(null)}
    >
      {grid.cells.map(({ column, row, count, weight }) => (
        <rect key={`${column} ${row}`} x={column} y={row} width={1} height={1} opacity={weight}>
          <title>{cellTitle(grid, { column, row }, count)}</title>
        </rect>
      ))}
      {shown && <rect className={styles.brush} {...outline(shown)} />}
    </svg>
  );
}

/** Where the keys start: in the middle of time, at the strongest cell of all. */
function middle(grid: Grid): Corner {
  const [most] = [...grid.cells].sort((a, b) => b.count - a.count);
  return { column: most?.column ?? 0, row: most?.row ?? 0 };
}

function outline([a, b]: [Corner, Corner]): {
  x: number;
  y: number;
  width: number;
  height: number;
} {
  const [x, y] = [Math.min(a.column, b.column), Math.min(a.row, b.row)];
  return { x, y, width: Math.abs(a.column - b.column) + 1, height: Math.abs(a.row - b.row) + 1 };
}

function cellTitle(grid: Grid, cell: Corner, count: number): string {
  const brush = brushOfCorners(grid, cell, cell);
  const time = timeLabel(`${Math.round(brush.fromMs)}000000`, false).slice(0, 8);
  return `${count} at ${time}, ${durationLabel(String(brush.minNs))} to ${durationLabel(String(brush.maxNs ?? 0n))}`;
}

/** More lines than this are not read; the marked part narrows them. */
const MAX_LINES = 300;

function HeatTable(props: {
  latency: LatencyResponse;
  grid: Grid;
  onBrush: (brush: Brush | null) => void;
}): ReactNode {
  const { grid, latency } = props;
  const { heat } = latency;
  const cells = heat.cells.toSorted((a, b) => b.bin - a.bin || (a.time < b.time ? 1 : -1));
  return (
    <div className={styles.tableBox} data-scroll>
      <table className={styles.table} aria-label={`Heat map of ${heat.stage}`}>
        <thead>
          <tr>
            <th>Took from</th>
            <th>to below</th>
            <th>Published from</th>
            <th data-number>Deliveries</th>
          </tr>
        </thead>
        <tbody>
          {cells.slice(0, MAX_LINES).map(({ time, bin, count }) => (
            <tr key={`${time} ${bin}`}>
              <td>{durationLabel(String(binStartNs(heat, bin)))}</td>
              <td>{durationLabel(String(binStartNs(heat, bin + 1)))}</td>
              <td>{timeLabel(time, true).slice(0, 19)}</td>
              <td data-number>
                <button
                  type="button"
                  title="The messages behind it"
                  onClick={() => {
                    const fromMs = Number(BigInt(time) / 1_000_000n);
                    props.onBrush({
                      fromMs: Math.max(fromMs, grid.seenFromMs),
                      toMs: Math.min(fromMs + grid.stepMs, grid.seenToMs),
                      minNs: binStartNs(heat, bin),
                      maxNs: binStartNs(heat, bin + 1),
                    });
                  }}
                >
                  {count.toLocaleString('en')}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {cells.length > MAX_LINES && (
        <p className="quiet">
          The {MAX_LINES} slowest of {cells.length} cells.
        </p>
      )}
    </div>
  );
}
