import type { Row, SpanTree } from './span-tree.ts';

/** The stretch of the trace that the timeline shows, in milliseconds since the tree's start. */
export interface View {
  fromMs: number;
  toMs: number;
}

export interface Bar {
  /** Fractions of the timeline's width, both within 0 to 1. */
  left: number;
  width: number;
  /** False when the row lies wholly outside the view. */
  isInside: boolean;
}

/** Places of the rows to draw when the `collapsed` ones hide what is below them. */
export function visibleRows(tree: SpanTree, collapsed: ReadonlySet<string>): number[] {
  const places: number[] = [];
  for (let index = 0; index < tree.rows.length; index += 1) {
    const row = tree.rows[index] as Row;
    places.push(index);
    if (collapsed.has(row.key)) index += row.descendants;
  }
  return places;
}

/** Keys of the rows above `index`, nearest first: they must be open for it to show. */
export function ancestorsOf(tree: SpanTree, index: number): string[] {
  const keys: string[] = [];
  let depth = tree.rows[index]?.depth ?? 0;
  for (let above = index - 1; above >= 0 && depth > 0; above -= 1) {
    const row = tree.rows[above] as Row;
    if (row.depth >= depth) continue;
    keys.push(row.key);
    depth = row.depth;
  }
  return keys;
}

/** Where a row's bar stands in the view. A bar that sticks out is cut at the edge. */
export function barOf(row: { startMs: number; durationMs: number }, view: View): Bar {
  const length = view.toMs - view.fromMs || 1;
  const start = (row.startMs - view.fromMs) / length;
  const end = (row.startMs + row.durationMs - view.fromMs) / length;
  const left = clamp(start);
  return { left, width: clamp(end) - left, isInside: end >= 0 && start <= 1 };
}

/** Round times for the ruler: at most `maxTicks`, at a step of 1, 2 or 5 times a power of ten. */
export function rulerTicks(view: View, maxTicks: number): number[] {
  const length = view.toMs - view.fromMs;
  if (!(length > 0) || maxTicks < 1) return [];
  const rough = length / maxTicks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let index = Math.ceil(view.fromMs / step); index * step < view.toMs; index += 1) {
    ticks.push(index * step);
  }
  return ticks;
}

/** A view made from two fractions of another one, in any order; never shorter than a microsecond. */
export function zoomTo(view: View, fractions: readonly [number, number]): View {
  const length = view.toMs - view.fromMs;
  const from = view.fromMs + clamp(Math.min(...fractions)) * length;
  const to = view.fromMs + clamp(Math.max(...fractions)) * length;
  return to - from < 0.001 ? view : { fromMs: from, toMs: to };
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
