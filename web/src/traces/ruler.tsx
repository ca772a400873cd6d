import { formatDuration } from '@hopline/model';
import { useElementSize } from '@mantine/hooks';
import { type ReactNode, useRef } from 'react';
import { rulerTicks, type View } from './layout.ts';
import styles from './waterfall.module.css';

const KEY_STEP_PX = 24;
/** Room that a time on the ruler takes. */
const TICK_PX = 92;
const MAX_LABEL_PERCENT = 92;

/** The times over the bars; stays in sight. Its divider sets the width of the names. */
export function Ruler(props: {
  view: View;
  namePx: number;
  onNamePx: (px: number) => void;
}): ReactNode {
  const { view, namePx, onNamePx } = props;
  const { ref, width } = useElementSize();
  const drag = useRef<{ x: number; px: number } | null>(null);
  const length = view.toMs - view.fromMs;
  return (
    <div className={styles.ruler}>
      <div className={styles.rulerName} style={{ width: namePx }}>
        Service and operation
        {/* biome-ignore lint/a11y/useSemanticElements: an hr takes no focus and cannot be dragged. */}
        <div
          role="separator"
          aria-orientation="vertical"
          aria-label="Width of the names"
          aria-valuenow={Math.round(namePx)}
          tabIndex={0}
          className={styles.divider}
          onPointerDown={(event) => {
            drag.current = { x: event.clientX, px: namePx };
            event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerMove={(event) => {
            if (drag.current) onNamePx(drag.current.px + event.clientX - drag.current.x);
          }}
          onPointerUp={() => {
            drag.current = null;
          }}
          onKeyDown={(event) => {
            const step = { ArrowLeft: -KEY_STEP_PX, ArrowRight: KEY_STEP_PX }[event.key];
            if (step === undefined) return;
            event.stopPropagation();
            event.preventDefault();
            onNamePx(namePx + step);
          }}
        />
      </div>
      <div ref={ref} className={styles.ticks}>
        {rulerTicks(view, Math.max(1, Math.floor(width / TICK_PX))).map((tick) => {
          const left = ((tick - view.fromMs) / length) * 100;
          return (
            <span key={tick} style={{ left: `${left}%` }}>
              {/* The last one would stick out over the edge. */}
              {left <= MAX_LABEL_PERCENT && tickLabel(tick)}
            </span>
          );
        })}
      </div>
    </div>
  );
}

const tickLabel = (ms: number): string =>
  ms === 0 ? '0' : formatDuration(BigInt(Math.round(ms * 1e6)));
