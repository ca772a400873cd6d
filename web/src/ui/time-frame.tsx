import type { CSSProperties, ReactNode } from 'react';
import { timeTicks } from './line-geometry.ts';
import styles from './time-chart.module.css';
import { timeLabel } from './time-text.tsx';

/** Units of the viewBox: one frame for every time picture, so that times stand above each other. */
export const FRAME = { width: 1250, left: 66, right: 12, top: 10, bottom: 22 };
export const PLOT_WIDTH = FRAME.width - FRAME.left - FRAME.right;

/** Where a surface has to lie to cover the plot of a picture of that height. */
export function plotPlace(height: number): CSSProperties {
  const across = (units: number): string => `${(units / FRAME.width) * 100}%`;
  const down = (units: number): string => `${(units / height) * 100}%`;
  return {
    left: across(FRAME.left),
    right: across(FRAME.right),
    top: down(FRAME.top),
    bottom: down(FRAME.bottom),
  };
}

/** Round times under the plot, with short lines. */
export function TimeTicks(props: { fromMs: number; toMs: number; y: number }): ReactNode {
  const { fromMs, toMs, y } = props;
  const zoneMs = -new Date(toMs).getTimezoneOffset() * 60_000;
  const { stepMs, times } = timeTicks(fromMs, toMs, zoneMs);
  return times.map((ms) => {
    const x = ((ms - fromMs) / (toMs - fromMs || 1)) * PLOT_WIDTH;
    return (
      <g key={ms} className={styles.tick}>
        <line x1={x} x2={x} y1={y} y2={y + 4} />
        <text
          x={x}
          y={y + 16}
          textAnchor={x < 20 ? 'start' : x > PLOT_WIDTH - 20 ? 'end' : 'middle'}
        >
          {tickLabel(ms, stepMs)}
        </text>
      </g>
    );
  });
}

/** As short as tells ticks of that distance apart; midnight is said as its date. */
function tickLabel(ms: number, stepMs: number): string {
  const label = timeLabel(`${ms}000000`, true);
  if (stepMs < 60_000) return label.slice(11, 19);
  return label.slice(11, 16) === '00:00' ? label.slice(5, 10) : label.slice(11, 16);
}
