import type { TopologyNode } from '@hopline/model/api';
import type { Edge, Node } from '@xyflow/react';
import { type Placement, type Route, routeOf } from './layout.ts';
import type { Box, Line, Scene } from './scene.ts';

/** What every drawn part must know of the page's state. */
export interface Emphasis {
  selected: string | undefined;
  /** Node ids that a search found; null while nothing is searched for. */
  found: ReadonlySet<string> | null;
  /** Ids of nodes and edges that are silent at the moment of the replay; null outside of one. */
  silent: ReadonlySet<string> | null;
  onSelect: (id: string) => void;
}

export type BoxNode = Node<{ box: Box; emphasis: Emphasis }, 'box'>;
export type GroupNode = Node<{ name: string }, 'frame'>;
export type LineEdge = Edge<
  { line: Line; route: Route; emphasis: Emphasis; isDimmed: boolean },
  'line'
>;

/** A placed scene as the graph library takes it. */
export function flowElements(
  scene: Scene,
  placement: Placement,
  emphasis: Emphasis,
): { nodes: (BoxNode | GroupNode)[]; edges: LineEdge[] } {
  const boxes = new Map(scene.boxes.map((box) => [box.id, box]));
  const groups = [...placement.groups].map(
    ([name, { x, y, width, height }]): GroupNode => ({
      id: `group ${name}`,
      type: 'frame',
      position: { x, y },
      width,
      height,
      // Under the lines, which run under the boxes.
      zIndex: -1,
      data: { name },
    }),
  );
  const boxNodes = scene.boxes.flatMap((box): BoxNode[] => {
    const place = placement.boxes.get(box.id);
    if (!place) return [];
    const { x, y, width, height } = place;
    return [
      { id: box.id, type: 'box', position: { x, y }, width, height, data: { box, emphasis } },
    ];
  });
  const touched = linesOf(scene, emphasis.selected);
  const edges = scene.lines.flatMap((line): LineEdge[] => {
    const route = routeOf(line, boxes, placement);
    if (!route) return [];
    const isDimmed = touched !== null && !touched.has(line.edge.id);
    return [
      {
        id: line.edge.id,
        type: 'line',
        source: line.fromBox,
        target: line.toBox,
        data: { line, route, emphasis, isDimmed },
      },
    ];
  });
  return { nodes: [...groups, ...boxNodes], edges };
}

/** The lines that the selection touches; null when nothing on the map is selected. */
function linesOf(scene: Scene, selected: string | undefined): ReadonlySet<string> | null {
  if (selected === undefined) return null;
  const touched = scene.lines.filter(({ edge, fromBox, toBox }) =>
    [edge.id, edge.from, edge.to, fromBox, toBox].includes(selected),
  );
  return touched.length === 0 ? null : new Set(touched.map(({ edge }) => edge.id));
}

/** Ids of the nodes whose name or detail holds `text`; null for no text. */
export function findNodes(
  nodes: readonly TopologyNode[],
  text: string,
): ReadonlySet<string> | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return null;
  const isFound = (node: TopologyNode): boolean =>
    `${node.label} ${node.detail} ${node.site}`.toLowerCase().includes(wanted);
  return new Set(nodes.filter(isFound).map((node) => node.id));
}
