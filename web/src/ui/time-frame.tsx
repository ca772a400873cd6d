import { useElementSize } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { timeTicks } from './line-geometry.ts';
import styles from './time-chart.module.css';
import { useTimeCursor } from './time-cursor.tsx';
import { TimeSurface } from './time-surface.tsx';
import { timeLabel } from './time-text.tsx';

/** CSS pixels around every plot: the same for all, so that times stand above each other. */
const MARGIN = { left: 66, right: 12, top: 10, bottom: 22 };
/** What a time needs under the plot. */
const TICK_PX = 90;
const MOST_TICKS = 8;

/**
 * A picture over the time of the scope around, as wide as its place and drawn in CSS pixels: text
 * keeps its size. Times stand below it, and the time that is pointed at lies over it.
 */
export function TimeFrame(props: {
  label: string;
  /** Of the plot alone. */
  height: number;
  valueText: (atMs: number) => string;
  /** For a picture that says the time itself. */
  hidesClock?: boolean;
  /** The plot, from 0,0 at its top left. */
  children: (width: number) => ReactNode;
}): ReactNode {
  const { label, height } = props;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const plotWidth = Math.max(0, width - MARGIN.left - MARGIN.right);
  const outerHeight = height + MARGIN.top + MARGIN.bottom;
  return (
    <div ref={ref} className={styles.plot} style={{ height: outerHeight }}>
      {plotWidth > 0 && (
        <svg width={width} height={outerHeight} role="img" aria-label={label}>
          <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
            {props.children(plotWidth)}
            <TimeTicks width={plotWidth} y={height} />
          </g>
        </svg>
      )}
      <TimeSurface
        label={`Times of: ${label}`}
        valueText={props.valueText}
        style={MARGIN}
        hidesClock={props.hidesClock === true}
      />
    </div>
  );
}

/** Round times under the plot, with short lines. */
function TimeTicks({ width, y }: { width: number; y: number }): ReactNode {
  const { fromMs, toMs } = useTimeCursor();
  return roundTimes({ fromMs, toMs, width }).map(({ ms, share, label }) => {
    const x = share * width;
    return (
      <g key={ms} className={styles.tick}>
        <line x1={x} x2={x} y1={y} y2={y + 4} />
        <text x={x} y={y + 16} textAnchor={x < 20 ? 'start' : x > width - 20 ? 'end' : 'middle'}>
          {label}
        </text>
      </g>
    );
  });
}

/** Round times of a range (Unix ms), as many as a width has room for; `share` is where in it. */
export function roundTimes(of: {
  fromMs: number;
  toMs: number;
  width: number;
}): { ms: number; share: number; label: string }[] {
  const { fromMs, toMs } = of;
  const zoneMs = -new Date(toMs).getTimezoneOffset() * 60_000;
  const most = Math.min(MOST_TICKS, Math.max(1, Math.floor(of.width / TICK_PX)));
  const { stepMs, times } = timeTicks({ fromMs, toMs, zoneMs, most });
  return times.map((ms) => ({
    ms,
    share: (ms - fromMs) / (toMs - fromMs || 1),
    label: tickLabel(ms, stepMs),
  }));
}

/** As short as tells ticks of that distance apart; midnight is said as its date. */
function tickLabel(ms: number, stepMs: number): string {
  const label = timeLabel(`${ms}000000`, true);
  if (stepMs < 60_000) return label.slice(11, 19);
  return label.slice(11, 16) === '00:00' ? label.slice(5, 10) : label.slice(11, 16);
}
