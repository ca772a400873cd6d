import { Button } from '@mantine/core';
import { type CSSProperties, type ReactNode, useState } from 'react';
import type { Marker } from './event-words.ts';
import { linePath, type Point, pointAt } from './line-geometry.ts';
import { countLabel, rateLabel } from './number-text.ts';
import { secondsLabel } from './seconds-text.ts';
import styles from './time-chart.module.css';
import { useTimeCursor } from './time-cursor.tsx';
import { TimeFrame } from './time-frame.tsx';
import { timeLabel } from './time-text.tsx';
import { type AxisUnit, valueAxis } from './value-axis.ts';

export interface Series {
  label: string;
  /** A token of tokens.css as CSS says it: `var(--warn)`. */
  colour: string;
  points: readonly Point[];
}

const TEXT = { count: countLabel, rate: rateLabel, seconds: secondsLabel } as const;
const PLOT_HEIGHT = 140;
/** More lines across the graph would hide what it shows; the event lane has them all. */
const MOST_MARKERS = 20;
/** More rows than this are not read by anyone. */
const TABLE_ROWS = 200;

/**
 * Lines over time from 0 up, a few events across them, values at the cursor of the scope around, and the same as a
 * table. x is Unix milliseconds.
 */
export function TimeChart(props: {
  title: string;
  series: readonly Series[];
  markers?: readonly Marker[];
  /** What the values count. */
  unit: AxisUnit;
}): ReactNode {
  const { series, unit, markers = [] } = props;
  const { atMs } = useTimeCursor();
  const text = TEXT[unit];
  const [isTable, setTable] = useState(false);
  const isEmpty = series.every(({ points }) => points.every(({ y }) => y === null));
  const valueAt = ({ points }: Series, ms: number): string => {
    const value = pointAt(points, ms)?.y ?? null;
    return value === null ? '–' : text(value);
  };
  return (
    <figure className={styles.chart}>
      <figcaption>
        <h2>{props.title}</h2>
        {series.map((one) => (
          <span key={one.label} className={styles.key} style={inColour(one)}>
            {one.label}
            {atMs !== null && <b>{valueAt(one, atMs)}</b>}
          </span>
        ))}
        <Button size="compact-xs" variant="subtle" onClick={() => setTable(!isTable)}>
          {isTable ? 'Graph' : 'Table'}
        </Button>
      </figcaption>
      {isEmpty && <p className="quiet">Nothing is known of this time range.</p>}
      {!isEmpty && isTable && <ValueTable series={series} text={text} />}
      {!isEmpty && !isTable && (
        <TimeFrame
          label={props.title}
          height={PLOT_HEIGHT}
          valueText={(ms) => series.map((one) => `${one.label} ${valueAt(one, ms)}`).join(', ')}
        >
          {(width) => <Lines {...{ series, markers, unit, width }} />}
        </TimeFrame>
      )}
    </figure>
  );
}

function Lines(props: {
  series: readonly Series[];
  markers: readonly Marker[];
  unit: AxisUnit;
  width: number;
}): ReactNode {
  const { series, width } = props;
  const { fromMs, toMs } = useTimeCursor();
  const values = series.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y])));
  const axis = valueAxis(Math.max(0, ...values), props.unit);
  const box = { fromX: fromMs, toX: toMs, maxY: axis.max, width, height: PLOT_HEIGHT };
  const shown = props.markers.filter(({ x }) => x >= fromMs && x <= toMs);
  return (
    <>
      {axis.ticks
        .map((value) => ({ value, y: PLOT_HEIGHT * (1 - value / axis.max) }))
        .map(({ value, y }) => (
          <g key={value} className={styles.grid}>
            <line x1={0} x2={width} y1={y} y2={y} />
            <text x={-8} y={y + 4} textAnchor="end">
              {axis.label(value)}
            </text>
          </g>
        ))}
      {shown.length <= MOST_MARKERS &&
        shown.map(({ x, label, tone }) => {
          const at = ((x - fromMs) / (toMs - fromMs || 1)) * width;
          return (
            <line
              key={`${x} ${label}`}
              className={styles.marker}
              data-tone={tone}
              {...{ x1: at, x2: at, y1: 0, y2: PLOT_HEIGHT }}
            />
          );
        })}
      {series.map(({ label, colour, points }) => (
        <path
          key={label}
          className={styles.line}
          style={inColour({ colour })}
          d={linePath(points, box)}
        />
      ))}
    </>
  );
}

const inColour = ({ colour }: Pick<Series, 'colour'>): CSSProperties =>
  ({ '--series': colour }) as CSSProperties;

function ValueTable(props: {
  series: readonly Series[];
  text: (value: number) => string;
}): ReactNode {
  const times = [...new Set(props.series.flatMap(({ points }) => points.map(({ x }) => x)))]
    .sort((a, b) => b - a)
    .slice(0, TABLE_ROWS);
  const byTime = props.series.map(({ points }) => new Map(points.map(({ x, y }) => [x, y])));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <div className={styles.tableBox} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {props.series.map(({ label }) => (
              <th key={label} scope="col" data-number>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((time) => (
            <tr key={time}>
              <td>{timeLabel(`${Math.round(time)}000000`, true).slice(0, 19)}</td>
              {byTime.map((values, index) => {
                const value = values.get(time) ?? null;
                return (
                  <td key={props.series[index]?.label} data-number>
                    {value === null ? '–' : props.text(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
