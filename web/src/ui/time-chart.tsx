import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Tone } from './fate-look.ts';
import { axisTicks, linePath, niceMax, type Point } from './line-geometry.ts';
import styles from './time-chart.module.css';
import { timeLabel } from './time-text.tsx';

export interface Series {
  label: string;
  /** A colour of tokens.css: `accent`, `warn`. */
  colour: 'accent' | 'warn' | 'danger' | 'ok' | 'info';
  points: readonly Point[];
}

/** Something that happened, as a line across the graph. */
export interface Marker {
  x: number;
  label: string;
  tone: Tone;
}

const WIDTH = 1250;
const HEIGHT = 170;
/** A marker is a tick on the axis: a hundred of them must not hide the lines. */
const MARKER_HEIGHT = 9;
const PAD = { left: 58, right: 12, top: 10, bottom: 22 };
/** More rows than this are not read by anyone. */
const TABLE_ROWS = 200;

/** Lines over time from 0 up, events across them, and the same as a table. x is Unix milliseconds. */
export function TimeChart(props: {
  title: string;
  series: readonly Series[];
  markers?: readonly Marker[];
  fromMs: number;
  toMs: number;
  text: (value: number) => string;
}): ReactNode {
  const { series, fromMs, toMs, text, markers = [] } = props;
  const [isTable, setTable] = useState(false);
  const values = series.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y])));
  const maxY = niceMax(Math.max(0, ...values));
  const [width, height] = [WIDTH - PAD.left - PAD.right, HEIGHT - PAD.top - PAD.bottom];
  const box = { fromX: fromMs, toX: toMs, maxY, width, height };
  const xOf = (ms: number): number => ((ms - fromMs) / (toMs - fromMs || 1)) * width;
  const isShown = ({ x }: Marker): boolean => x >= fromMs && x <= toMs;
  const markerCount = markers.filter(isShown).length;
  return (
    <figure className={styles.chart}>
      <figcaption>
        <h2>{props.title}</h2>
        {series.map(({ label, colour }) => (
          <span key={label} className={styles.key} data-colour={colour}>
            {label}
          </span>
        ))}
        {markerCount > 0 && (
          <span className="quiet">
            {markerCount} {markerCount === 1 ? 'event' : 'events'} on the axis
          </span>
        )}
        <Button size="compact-xs" variant="subtle" onClick={() => setTable(!isTable)}>
          {isTable ? 'Graph' : 'Table'}
        </Button>
      </figcaption>
      {values.length === 0 && <p className="quiet">Nothing is known of this time range.</p>}
      {isTable ? (
        <ValueTable series={series} text={text} />
      ) : (
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={props.title}>
          <g transform={`translate(${PAD.left} ${PAD.top})`}>
            {axisTicks(maxY, text)
              .map((value) => ({ value, y: height * (1 - value / maxY) }))
              .map(({ value, y }) => (
                <g key={value} className={styles.grid}>
                  <line x1={0} x2={width} y1={y} y2={y} />
                  <text x={-8} y={y + 4} textAnchor="end">
                    {text(value)}
                  </text>
                </g>
              ))}
            {[0, 0.25, 0.5, 0.75, 1].map((share) => (
              <text
                key={share}
                className={styles.tick}
                x={width * share}
                y={height + 16}
                textAnchor={share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}
              >
                {timeLabel(`${Math.round(fromMs + (toMs - fromMs) * share)}000000`, false).slice(
                  0,
                  8,
                )}
              </text>
            ))}
            {markers.filter(isShown).map((marker) => (
              <line
                key={`${marker.x} ${marker.label}`}
                className={styles.marker}
                data-tone={marker.tone}
                x1={xOf(marker.x)}
                x2={xOf(marker.x)}
                y1={height - MARKER_HEIGHT}
                y2={height}
              >
                <title>{marker.label}</title>
              </line>
            ))}
            {series.map(({ label, colour, points }) => (
              <path
                key={label}
                className={styles.line}
                data-colour={colour}
                d={linePath(points, box)}
              />
            ))}
          </g>
        </svg>
      )}
    </figure>
  );
}

function ValueTable(props: {
  series: readonly Series[];
  text: (value: number) => string;
}): ReactNode {
  const times = [...new Set(props.series.flatMap(({ points }) => points.map(({ x }) => x)))]
    .sort((a, b) => b - a)
    .slice(0, TABLE_ROWS);
  const byTime = props.series.map(({ points }) => new Map(points.map(({ x, y }) => [x, y])));
  return (
    <div className={styles.tableBox}>
      <table>
        <thead>
          <tr>
            <th>Time</th>
            {props.series.map(({ label }) => (
              <th key={label} data-number>
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
