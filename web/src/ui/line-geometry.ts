export interface Point {
  /** Any unit, rising. */
  x: number;
  /** Null where nothing is known: the line breaks. */
  y: number | null;
}

export interface Box {
  fromX: number;
  toX: number;
  maxY: number;
  width: number;
  height: number;
}

/** More than this many usual steps without a point is a gap, not a line. */
const GAP_STEPS = 3.5;

/** The `d` of an SVG path; empty for no points. A lone point is a short dash, so that it is seen. */
export function linePath(points: readonly Point[], box: Box): string {
  const known = points.filter((point): point is { x: number; y: number } => point.y !== null);
  const gap = usualStep(known.map(({ x }) => x)) * GAP_STEPS;
  let path = '';
  let lastX = Number.NEGATIVE_INFINITY;
  for (const [index, point] of points.entries()) {
    if (point.y === null) {
      lastX = Number.NEGATIVE_INFINITY;
      continue;
    }
    const isStart = lastX === Number.NEGATIVE_INFINITY || point.x - lastX > gap;
    const x = (((point.x - box.fromX) / (box.toX - box.fromX || 1)) * box.width).toFixed(1);
    const y = (box.height - (point.y / (box.maxY || 1)) * box.height).toFixed(1);
    path += `${isStart ? 'M' : 'L'}${x} ${y}`;
    const next = points[index + 1];
    if (isStart && (!next || next.y === null || next.x - point.x > gap)) path += 'h1.5';
    lastX = point.x;
  }
  return path;
}

/** The point nearest to `x`; none when it is further away than a gap is wide. */
export function pointAt(points: readonly Point[], x: number): Point | undefined {
  let best: Point | undefined;
  for (const point of points) {
    if (best === undefined || Math.abs(point.x - x) < Math.abs(best.x - x)) best = point;
  }
  const reach = usualStep(points.map((point) => point.x)) * GAP_STEPS;
  return best !== undefined && Math.abs(best.x - x) <= reach ? best : undefined;
}

/** The median distance between neighbours; infinite for fewer than two. */
function usualStep(xs: readonly number[]): number {
  const steps = xs.slice(1).map((x, index) => x - (xs[index] as number));
  steps.sort((a, b) => a - b);
  return steps[steps.length >> 1] ?? Number.POSITIVE_INFINITY;
}

const [SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS] = [1000, 60_000, 3_600_000, 86_400_000];
const TICK_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR_MS),
  ...[1, 2, 7].map((count) => count * DAY_MS),
];

/**
 * Round times within a range, at most one more than `most`, and how far they are apart. Unix ms.
 * `zoneMs` is what the reader's clock is ahead of UTC: a day begins at his midnight.
 */
export function timeTicks(of: { fromMs: number; toMs: number; zoneMs: number; most: number }): {
  stepMs: number;
  times: number[];
} {
  const { fromMs, toMs, zoneMs } = of;
  const span = Math.max(0, toMs - fromMs);
  const widest = TICK_STEPS_MS.at(-1) as number;
  const stepMs = TICK_STEPS_MS.find((step) => span / step <= of.most) ?? widest;
  const first = Math.ceil((fromMs + zoneMs) / stepMs) * stepMs - zoneMs;
  const count = Math.min(100, Math.floor((toMs - first) / stepMs) + 1);
  return {
    stepMs,
    times: Array.from({ length: Math.max(0, count) }, (_, n) => first + n * stepMs),
  };
}
