import { Graph, layout as runDagre } from '@dagrejs/dagre';
import type { Box, Line, Scene } from './scene.ts';

export interface Point {
  x: number;
  y: number;
}

export interface Rect extends Point {
  width: number;
  height: number;
}

/** Where everything stands. `x`, `y` of a rectangle are its top left corner. */
export interface Placement {
  boxes: ReadonlyMap<string, Rect>;
  /** Bends of a line between its two boxes, ends left out, by edge id. */
  bends: ReadonlyMap<string, readonly Point[]>;
  labels: ReadonlyMap<string, Point>;
  /** Everything that is drawn, lines and labels too. */
  bounds: Rect;
}

export const HEADER_PX = 46;
export const ROW_PX = 28;
const PADDING_PX = 8;
const BACKWARD_DROP_PX = 8;
const MIN_WIDTH_PX = 146;
const MAX_WIDTH_PX = 250;
const LABEL = { width: 66, height: 48 };

/**
 * Places a scene. A placement that has room for every box is kept as it is: figures change every
 * second, and nothing may jump under the cursor. Only a box that is new, or has other rows, makes a
 * new one; boxes that went away keep their place for when they come back.
 */
export function placeScene(scene: Scene, previous: Placement | null): Placement {
  if (previous && scene.boxes.every((box) => fits(box, previous.boxes.get(box.id))))
    return previous;
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: 'LR',
    nodesep: 26,
    ranksep: 26,
    edgesep: 14,
    marginx: 20,
    marginy: 20,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of scene.boxes) graph.setNode(box.id, sizeOf(box));
  for (const line of scene.lines) {
    graph.setEdge(line.fromBox, line.toBox, { ...LABEL, labelpos: 'c' }, line.edge.id);
  }
  runDagre(graph);
  return readPlacement(graph, scene);
}

const fits = (box: Box, place: Rect | undefined): boolean =>
  place !== undefined && place.height === sizeOf(box).height && place.width === sizeOf(box).width;

/** The size of a box follows from its texts alone: measuring the page would tie layout to drawing. */
export function sizeOf(box: Box): { width: number; height: number } {
  const label = 52 + charsPx(box.node.label, box.node.kind === 'service' ? 7.9 : 8.1);
  // Room for what comes and goes (an error ratio, a backlog), so that it changes no box.
  const figures = MIN_WIDTH_PX + (box.site === '' ? 0 : 22 + charsPx(box.site, 6.2));
  const header = Math.max(label, figures);
  const rows = box.rows.map(
    ({ node }) => (node.kind === 'consumer' ? 146 : 88) + charsPx(node.label, 7.6),
  );
  const width = Math.min(MAX_WIDTH_PX, Math.max(MIN_WIDTH_PX, header, ...rows));
  const hidden = box.hiddenRows > 0 ? ROW_PX : 0;
  const below = box.rows.length === 0 ? 0 : box.rows.length * ROW_PX + hidden + PADDING_PX;
  return { width: Math.round(width), height: HEADER_PX + below };
}

const charsPx = (text: string, px: number): number => text.length * px;

function readPlacement(graph: Graph, scene: Scene): Placement {
  const boxes = new Map<string, Rect>();
  for (const { id } of scene.boxes) {
    const { x = 0, y = 0, width, height } = graph.node(id) as Rect;
    boxes.set(id, { x: Math.round(x - width / 2), y: Math.round(y - height / 2), width, height });
  }
  const bends = new Map<string, readonly Point[]>();
  const labels = new Map<string, Point>();
  for (const line of scene.lines) {
    const label = graph.edge(line.fromBox, line.toBox, line.edge.id) as
      | { points?: Point[]; x?: number; y?: number }
      | undefined;
    // The first and last point lie on the borders of the boxes; the rows have ends of their own.
    bends.set(line.edge.id, (label?.points ?? []).slice(1, -1));
    if (label?.x !== undefined && label.y !== undefined) {
      labels.set(line.edge.id, { x: label.x, y: label.y });
    }
  }
  return { boxes, bends, labels, bounds: boundsOf(boxes, bends, labels) };
}

function boundsOf(
  boxes: Placement['boxes'],
  bends: Placement['bends'],
  labels: Placement['labels'],
): Rect {
  const xs: number[] = [];
  const ys: number[] = [];
  const take = (x: number, y: number): void => {
    xs.push(x);
    ys.push(y);
  };
  for (const { x, y, width, height } of boxes.values()) {
    take(x, y);
    take(x + width, y + height);
  }
  for (const points of bends.values()) for (const { x, y } of points) take(x, y);
  for (const { x, y } of labels.values()) {
    take(x - LABEL.width / 2, y - LABEL.height / 2);
    take(x + LABEL.width / 2, y + LABEL.height / 2);
  }
  if (xs.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

export interface Route {
  /** SVG path. */
  path: string;
  label: Point;
  /** The end, and whether the arrow points to the right there. */
  tip: Point;
  isForward: boolean;
}

/**
 * The way of one line: from the right side of its box to the left side of the other one, the other way
 * round where it runs back. Null while a box has no place.
 */
export function routeOf(
  line: Line,
  scene: ReadonlyMap<string, Box>,
  placement: Placement,
): Route | null {
  const from = placement.boxes.get(line.fromBox);
  const to = placement.boxes.get(line.toBox);
  const [fromBox, toBox] = [scene.get(line.fromBox), scene.get(line.toBox)];
  if (!from || !to || !fromBox || !toBox) return null;
  const isForward = from.x + from.width / 2 <= to.x + to.width / 2;
  // A line that runs back ends a little lower, so that it does not lie on those that start there.
  const drop = isForward ? 0 : BACKWARD_DROP_PX;
  const start = {
    x: isForward ? from.x + from.width : from.x,
    y: from.y + rowCentre(fromBox, line.edge.from) + drop,
  };
  const tip = {
    x: isForward ? to.x : to.x + to.width,
    y: to.y + rowCentre(toBox, line.edge.to) + drop,
  };
  const bends = placement.bends.get(line.edge.id) ?? [];
  const points = [start, ...bends, tip];
  return {
    path: curve(points),
    label: placement.labels.get(line.edge.id) ?? middle(start, tip),
    tip,
    isForward,
  };
}

/** The height in a box at which the lines of a node end: its row, or the middle of the header. */
export function rowCentre(box: Box, nodeId: string): number {
  const row = box.rows.findIndex(({ node }) => node.id === nodeId);
  if (row !== -1) return HEADER_PX + row * ROW_PX + ROW_PX / 2;
  return HEADER_PX / 2;
}

/** A smooth way through points that leaves and enters each of them horizontally. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${round(first.x)},${round(first.y)}`;
  let last = first;
  for (const point of rest) {
    const half = (point.x - last.x) / 2;
    path += `C${round(last.x + half)},${round(last.y)} ${round(point.x - half)},${round(point.y)} ${round(point.x)},${round(point.y)}`;
    last = point;
  }
  return path;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** Thickness of a line: a tenfold rate is a step, so that 1/s and 1,000/s stand side by side. */
export function lineWidthPx(ratePerSecond: number): number {
  return Math.min(5.5, 1.5 + Math.log10(1 + Math.max(0, ratePerSecond)) * 1.3);
}
