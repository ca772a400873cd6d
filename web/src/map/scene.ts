import type { TopologyEdge, TopologyNode, TopologyResponse } from '@hopline/model/api';
import { type Grouping, groupsOf } from './groups.ts';

/** A subject or consumer that is drawn inside its stream's box. */
export interface BoxRow {
  node: TopologyNode;
  /** The edge that ties it to the stream: `store` of a subject, `source` of a consumer. */
  tie: TopologyEdge;
}

/** One thing the layout places: a node by itself, or a stream with what belongs to it. */
export interface Box {
  id: string;
  node: TopologyNode;
  rows: readonly BoxRow[];
  /** The node's site where it is not the one of most nodes: only what is elsewhere is worth a word. */
  site: string;
  /** What it is drawn together with; '' for nothing. */
  group: string;
  /** Rows left out of a stream with very many; the table has them all. */
  hiddenRows: number;
}

/** One edge between two boxes. `fromId` and `toId` are node ids: a row of the box, or the box. */
export interface Line {
  edge: TopologyEdge;
  fromBox: string;
  toBox: string;
}

export interface Scene {
  boxes: readonly Box[];
  lines: readonly Line[];
}

const MAX_ROWS = 12;

/**
 * What is drawn for a topology. Subjects that one stream stores, and its consumers, become rows of the
 * stream's box: a JetStream step takes one column of the map instead of three, and reads as what it is.
 * Everything is sorted by id, so that the same graph is the same scene whatever order it came in.
 */
export function buildScene(
  topology: Pick<TopologyResponse, 'nodes' | 'edges'>,
  grouping?: Grouping,
): Scene {
  const groups = grouping ? groupsOf(topology, grouping) : null;
  const nodes = new Map(topology.nodes.map((node) => [node.id, node]));
  const edges = topology.edges.filter((edge) => nodes.has(edge.from) && nodes.has(edge.to));
  const ties = streamTies(nodes, edges);
  const usualSite = mostCommonSite(topology.nodes);
  const boxes: Box[] = [];
  const boxOf = new Map<string, string>();
  for (const node of [...nodes.values()].sort(byId)) {
    if (ties.has(node.id)) continue;
    const rows = rowsOf(node, nodes, ties);
    boxes.push({
      id: node.id,
      node,
      rows: rows.slice(0, MAX_ROWS),
      // A group by site says it already.
      site: node.site === usualSite || grouping === 'site' ? '' : node.site,
      group: groups?.get(node.id) ?? '',
      hiddenRows: Math.max(0, rows.length - MAX_ROWS),
    });
    boxOf.set(node.id, node.id);
    for (const row of rows) boxOf.set(row.node.id, node.id);
  }
  const lines = edges.flatMap((edge) => {
    const fromBox = boxOf.get(edge.from);
    const toBox = boxOf.get(edge.to);
    // What is inside one box is told by the box.
    return fromBox && toBox && fromBox !== toBox ? [{ edge, fromBox, toBox }] : [];
  });
  return { boxes, lines: lines.sort((a, b) => compare(a.edge.id, b.edge.id)) };
}

function mostCommonSite(nodes: readonly TopologyNode[]): string {
  const counts = new Map<string, number>();
  for (const { site } of nodes) if (site !== '') counts.set(site, (counts.get(site) ?? 0) + 1);
  const [first] = [...counts].sort(([a, x], [b, y]) => y - x || compare(a, b));
  return counts.size > 1 ? (first?.[0] ?? '') : '';
}

/** For every subject and consumer that belongs to exactly one stream, the edge that says so. */
function streamTies(
  nodes: ReadonlyMap<string, TopologyNode>,
  edges: readonly TopologyEdge[],
): Map<string, TopologyEdge> {
  const found = new Map<string, TopologyEdge[]>();
  for (const edge of edges) {
    const owned =
      edge.kind === 'store' && nodes.get(edge.to)?.kind === 'stream'
        ? edge.from
        : edge.kind === 'source' && nodes.get(edge.from)?.kind === 'stream'
          ? edge.to
          : null;
    if (owned !== null) found.set(owned, [...(found.get(owned) ?? []), edge]);
  }
  const ties = new Map<string, TopologyEdge>();
  for (const [id, [tie, ...others]] of found) {
    if (tie && others.length === 0) ties.set(id, tie);
  }
  return ties;
}

function rowsOf(
  stream: TopologyNode,
  nodes: ReadonlyMap<string, TopologyNode>,
  ties: ReadonlyMap<string, TopologyEdge>,
): BoxRow[] {
  if (stream.kind !== 'stream') return [];
  const rows: BoxRow[] = [];
  for (const [id, tie] of ties) {
    const node = nodes.get(id);
    if (node && (tie.kind === 'store' ? tie.to : tie.from) === stream.id) rows.push({ node, tie });
  }
  // Subjects above consumers: what goes in stands above what comes out.
  return rows.sort(
    (a, b) =>
      Number(a.node.kind === 'consumer') - Number(b.node.kind === 'consumer') ||
      byId(a.node, b.node),
  );
}

const byId = (a: TopologyNode, b: TopologyNode): number => compare(a.id, b.id);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * A node with everything up to the next services on both sides, `hops` services far: who sends to it,
 * who takes from it, and the subjects and streams between.
 */
export function neighbourhood(
  topology: Pick<TopologyResponse, 'nodes' | 'edges'>,
  nodeId: string,
  hops = 1,
): ReadonlySet<string> {
  const kinds = new Map(topology.nodes.map((node) => [node.id, node.kind]));
  const reached = new Set<string>([nodeId]);
  for (const direction of ['down', 'up'] as const) {
    const seen = new Set<string>([nodeId]);
    let starts = [nodeId];
    for (let hop = 0; hop < hops; hop += 1) {
      const ends: string[] = [];
      const open = [...starts];
      for (let id = open.pop(); id !== undefined; id = open.pop()) {
        for (const edge of topology.edges) {
          const [from, to] = direction === 'down' ? [edge.from, edge.to] : [edge.to, edge.from];
          if (from !== id || seen.has(to)) continue;
          seen.add(to);
          reached.add(to);
          const isEnd = kinds.get(to) === 'service' || kinds.get(to) === 'client';
          (isEnd ? ends : open).push(to);
        }
      }
      starts = ends;
    }
  }
  return reached;
}
