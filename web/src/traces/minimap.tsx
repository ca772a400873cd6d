import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useServiceColour } from '../ui/service-name.tsx';
import { type View, zoomTo } from './layout.ts';
import type { SpanTree } from './span-tree.ts';
import styles from './waterfall.module.css';

const HEIGHT_PX = 44;
/** A drag shorter than this share of the width is a click, not a choice of a stretch. */
const MIN_DRAG = 0.004;

/** The whole trace at a glance; a drag over it zooms, a double click shows everything again. */
export function Minimap(props: {
  tree: SpanTree;
  view: View;
  onView: (view: View | null) => void;
  namePx: number;
}): ReactNode {
  const { tree, view, onView, namePx } = props;
  const { ref, width } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  const scheme = useComputedColorScheme();
  const colourOf = useServiceColour();
  const colours = useRef(colourOf);
  colours.current = colourOf;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes what the tokens mean.
  useEffect(() => {
    if (canvas.current && width > 0)
      draw(canvas.current, { tree, width, colourOf: colours.current });
  }, [tree, width, scheme]);

  const whole: View = { fromMs: 0, toMs: tree.durationMs || 1 };
  const shown = drag ?? [view.fromMs / whole.toMs, view.toMs / whole.toMs];
  const [left, right] = [Math.min(...shown), Math.max(...shown)];
  const at = (event: PointerEvent): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return (event.clientX - box.left) / box.width;
  };
  return (
    <div className={styles.minimap} style={{ paddingLeft: namePx + 8 }}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a shortcut of the pointer; the rows have keys. */}
      <div
        ref={ref}
        className={styles.brush}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([at(event), at(event)]);
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], at(event)])}
        onPointerUp={() => {
          if (drag && Math.abs(drag[0] - drag[1]) > MIN_DRAG) onView(zoomTo(whole, drag));
          setDrag(null);
        }}
        onDoubleClick={() => onView(null)}
        title="Drag to zoom in, double-click to see all"
      >
        <canvas ref={canvas} width={width} height={HEIGHT_PX}>
          A picture of the rows below
        </canvas>
        <span className={styles.shade} style={{ left: 0, width: `${Math.max(0, left) * 100}%` }} />
        <span className={styles.shade} style={{ left: `${Math.min(1, right) * 100}%`, right: 0 }} />
      </div>
    </div>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  options: { tree: SpanTree; width: number; colourOf: (service: string) => string },
): void {
  const { tree, width, colourOf } = options;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = HEIGHT_PX * scale;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${HEIGHT_PX}px`;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(scale, scale);
  context.clearRect(0, 0, width, HEIGHT_PX);
  const style = getComputedStyle(canvas);
  const resolved = new Map<string, string>();
  const colour = (service: string): string => {
    const known = resolved.get(service);
    if (known !== undefined) return known;
    const name = /^var\((.*)\)$/.exec(colourOf(service))?.[1] ?? '--text-3';
    const value = style.getPropertyValue(name).trim();
    resolved.set(service, value);
    return value;
  };
  const pitch = Math.min(4, (HEIGHT_PX - 6) / Math.max(1, tree.rows.length));
  const total = tree.durationMs || 1;
  for (const [index, row] of tree.rows.entries()) {
    context.fillStyle = row.item.kind === 'span' ? colour(row.item.span.service) : colour('');
    const x = (row.startMs / total) * width;
    const length = Math.max(1, (row.durationMs / total) * width);
    context.fillRect(x, 3 + index * pitch, length, Math.max(0.75, pitch - 1));
  }
}
