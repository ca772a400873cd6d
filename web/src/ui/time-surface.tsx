import type { CSSProperties, KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { type TimeCursor, useTimeCursor } from './time-cursor.tsx';
import styles from './time-surface.module.css';
import { timeLabel } from './time-text.tsx';

/** A press of an arrow key goes this share of the range. */
const KEY_SHARE = 0.01;

/**
 * Lies over the plot of a time picture: points at a time by mouse and arrow keys, marks a part by dragging or
 * with Shift, and makes it the range (at the end of the drag; Enter). Escape unmarks.
 */
export function TimeSurface(props: {
  label: string;
  /** What the picture says of a time, for who cannot see it. */
  valueText: (atMs: number) => string;
  /** Where the plot is in its picture. */
  style: CSSProperties;
  /** For a picture that says the time itself. */
  hidesClock?: boolean;
}): ReactNode {
  const cursor = useTimeCursor();
  const { fromMs, toMs, atMs, anchorMs } = cursor;
  const shareOf = (ms: number): number => (ms - fromMs) / (toMs - fromMs || 1);
  const msAt = (event: PointerEvent): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / (width || 1)));
    return fromMs + share * (toMs - fromMs);
  };
  const clock = atMs === null ? '' : clockLabel(atMs);
  return (
    <div
      className={styles.surface}
      style={props.style}
      role="slider"
      tabIndex={0}
      aria-label={props.label}
      aria-valuemin={fromMs}
      aria-valuemax={toMs}
      aria-valuenow={atMs ?? toMs}
      aria-valuetext={
        atMs === null ? 'no time is pointed at' : `${clock}: ${props.valueText(atMs)}`
      }
      onPointerMove={(event) => cursor.point(msAt(event))}
      onPointerLeave={() => anchorMs === null && cursor.point(null)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        cursor.anchor(msAt(event));
      }}
      onPointerUp={cursor.choose}
      onPointerCancel={() => cursor.anchor(null)}
      onKeyDown={(event) => {
        if (!onKey(event, cursor)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onBlur={() => {
        cursor.anchor(null);
        cursor.point(null);
      }}
    >
      {atMs !== null && anchorMs !== null && (
        <span
          className={styles.marked}
          style={{
            left: percent(shareOf(Math.min(atMs, anchorMs))),
            width: percent(Math.abs(shareOf(atMs) - shareOf(anchorMs))),
          }}
        />
      )}
      {atMs !== null && (
        <span className={styles.cursor} style={{ left: percent(shareOf(atMs)) }}>
          {!props.hidesClock && (
            <span className={styles.clock} data-side={shareOf(atMs) > 0.5 ? 'left' : 'right'}>
              {clock}
            </span>
          )}
        </span>
      )}
    </div>
  );
}

/** True for a key that was ours. */
function onKey(event: KeyboardEvent, cursor: TimeCursor): boolean {
  const { fromMs, toMs, atMs, anchorMs } = cursor;
  const step = (toMs - fromMs) * KEY_SHARE;
  const now = atMs ?? toMs;
  const targets: Record<string, number> = {
    ArrowLeft: now - step,
    ArrowRight: now + step,
    Home: fromMs,
    End: toMs,
  };
  const target = targets[event.key];
  if (target !== undefined) {
    if (!event.shiftKey) cursor.anchor(null);
    else if (anchorMs === null) cursor.anchor(now);
    cursor.point(Math.min(toMs, Math.max(fromMs, target)));
    return true;
  }
  if (event.key === 'Enter' && anchorMs !== null) {
    cursor.choose();
    return true;
  }
  if (event.key === 'Escape' && atMs !== null) {
    cursor.anchor(null);
    cursor.point(null);
    return true;
  }
  return false;
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** `14:05:06` in the reader's zone. */
export const clockLabel = (ms: number): string =>
  timeLabel(`${Math.round(ms)}000000`, false).slice(0, 8);
