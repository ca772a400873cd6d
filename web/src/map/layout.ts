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
  /** The frame around the boxes of each group, by its name. */
  groups: ReadonlyMap<string, Rect>;
  /** The group of each box that has one. */
  groupOf: ReadonlyMap<string, string>;
  /** Everything that is drawn, lines and labels too. */
  bounds: Rect;
}

export const HEADER_PX = 46;
/** Its name, and its figures below: side by side they would make the widest boxes of the map. */
export const ROW_PX = 40;
const PADDING_PX = 8;
const BACKWARD_DROP_PX = 8;
const MIN_WIDTH_PX = 134;
/** It says "not instrumented" where others have figures. */
const CLIENT_WIDTH_PX = 148;
const MAX_WIDTH_PX = 250;
const LABEL = { width: 58, height: 52 };
/** Room between the frame of a group and its boxes; its name stands at the top. */
const GROUP_PAD_PX = 14;
const GROUP_NAME_PX = 22;

/**
 * Places a scene. A placement that has room for every box is kept as it is: figures change every
 * second, and nothing may jump under the cursor. Only a box that is new, or has other rows, makes a
 * new one; boxes that went away keep their place for when they come back.
 */
export function placeScene(scene: Scene, previous: Placement | null): Placement {
  if (previous && scene.boxes.every((box) => fits(box, previous))) return previous;
  const hasGroups = scene.boxes.some(({ group }) => group !== '');
  const graph = new Graph({ multigraph: true, compound: hasGroups });
  graph.setGraph({
    rankdir: 'LR',
    nodesep: hasGroups ? 42 : 26,
    ranksep: hasGroups ? 34 : 22,
    edgesep: 14,
    marginx: 20,
    marginy: 20,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of scene.boxes) graph.setNode(box.id, sizeOf(box));
  for (const { id, group } of scene.boxes) {
    if (group === '') continue;
    graph.setNode(groupId(group), {});
    graph.setParent(id, groupId(group));
  }
  for (const line of scene.lines) {
    graph.setEdge(line.fromBox, line.toBox, { ...LABEL, labelpos: 'c' }, line.edge.id);
  }
  runDagre(graph);
  return readPlacement(graph, scene);
}

/** No box has an id like it: those have a kind in front. */
const groupId = (group: string): string => `group ${group}`;

function fits(box: Box, { boxes, groupOf }: Placement): boolean {
  const place = boxes.get(box.id);
  const { width, height } = sizeOf(box);
  const isInPlace = (groupOf.get(box.id) ?? '') === box.group;
  return isInPlace && place?.height === height && place.width === width;
}

/** The size of a box follows from its texts alone: measuring the page would tie layout to drawing. */
export function sizeOf(box: Box): { width: number; height: number } {
  const label = 46 + charsPx(box.node.label, box.node.kind === 'service' ? 7.9 : 8.1);
  // Room for what comes and goes (an error ratio, a backlog), so that it changes no box.
  const least = box.node.kind === 'client' ? CLIENT_WIDTH_PX : MIN_WIDTH_PX;
  const figures = least + (box.site === '' ? 0 : 24 + charsPx(box.site, 6.7));
  const header = Math.max(label, figures);
  const rows = box.rows.map(({ node }) =>
    Math.max(node.kind === 'consumer' ? 156 : 0, 40 + charsPx(node.label, 7.8)),
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
  const groupOf = new Map(scene.boxes.filter(isGrouped).map(({ id, group }) => [id, group]));
  const placed = { boxes, bends, labels, groups: framesOf(boxes, groupOf), groupOf };
  return { ...placed, bounds: boundsOf(placed) };
}

const isGrouped = ({ group }: Box): boolean => group !== '';

/** Around the boxes themselves: the layout's own frames leave no room for a name. */
function framesOf(
  boxes: Placement['boxes'],
  groupOf: ReadonlyMap<string, string>,
): Map<string, Rect> {
  const frames = new Map<string, Rect>();
  for (const [id, group] of groupOf) {
    const box = boxes.get(id);
    if (!box) continue;
    const x = box.x - GROUP_PAD_PX;
    const y = box.y - GROUP_PAD_PX - GROUP_NAME_PX;
    const right = box.x + box.width + GROUP_PAD_PX;
    const bottom = box.y + box.height + GROUP_PAD_PX;
    const old = frames.get(group) ?? { x, y, width: right - x, height: bottom - y };
    const [left, top] = [Math.min(old.x, x), Math.min(old.y, y)];
    frames.set(group, {
      x: left,
      y: top,
      width: Math.max(old.x + old.width, right) - left,
      height: Math.max(old.y + old.height, bottom) - top,
    });
  }
  return frames;
}

function boundsOf(placed: Pick<Placement, 'boxes' | 'bends' | 'labels' | 'groups'>): Rect {
  const { boxes, bends, labels, groups } = placed;
  const xs: number[] = [];
  const ys: number[] = [];
  const take = (x: number, y: number): void => {
    xs.push(x);
    ys.push(y);
  };
  for (const { x, y, width, height } of [...boxes.values(), ...groups.values()]) {
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
