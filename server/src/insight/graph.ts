import type { Evidence } from './delivery-path.ts';

/** Kinds and ids are those of the HTTP contract (model/src/api/topology.ts). */
export type NodeKind = 'service' | 'subject' | 'stream' | 'consumer' | 'client';
export type EdgeKind =
  | 'publish'
  | 'store'
  | 'source'
  | 'consume'
  | 'subscribe'
  | 'request'
  | 'http';

export interface Node {
  id: string;
  kind: NodeKind;
  label: string;
  detail: string;
  site: string;
  count: number;
  errors: number;
  pending: number | null;
  evidence: Set<Evidence>;
}

export interface Edge {
  id: string;
  from: string;
  to: string;
  kind: EdgeKind;
  count: number;
  errors: number;
  /** What p50 and p99 measure. */
  measure: string;
  /** In ns; null when unknown. */
  p50: number | null;
  p99: number | null;
  evidence: Set<Evidence>;
}

/** What one row of facts tells of an edge. */
export interface Flow {
  count: number;
  errors: number;
  measure: string;
  p50: number | null;
  p99: number | null;
}

/** Between which nodes, and who says so. */
export interface Told {
  from: Node;
  to: Node;
  evidence: Evidence;
}

export const NO_FLOW: Flow = { count: 0, errors: 0, measure: '', p50: null, p99: null };

/** Collects nodes and edges; the same one told twice is one, with both evidences. */
export class Graph {
  readonly nodes = new Map<string, Node>();
  readonly edges = new Map<string, Edge>();

  /** The node of that kind and name, made when new. */
  node(kind: NodeKind, name: string, evidence: Evidence): Node {
    const id = `${kind}:${name}`;
    let node = this.nodes.get(id);
    if (!node) {
      node = {
        id,
        kind,
        label: name,
        detail: '',
        site: '',
        count: 0,
        errors: 0,
        pending: null,
        evidence: new Set(),
      };
      this.nodes.set(id, node);
    }
    node.evidence.add(evidence);
    return node;
  }

  /**
   * Adds what a row tells to the edge. Counts of one kind of evidence add up (other queue groups, other
   * streams); those of another kind tell of the same messages, so the first kind keeps its figures.
   */
  edge(kind: EdgeKind, { from, to, evidence }: Told, flow: Flow): Edge {
    const id = `${kind}:${from.id}>${to.id}`;
    const edge = this.edges.get(id);
    if (!edge) {
      const made = { id, from: from.id, to: to.id, kind, ...flow, evidence: new Set([evidence]) };
      this.edges.set(id, made);
      return made;
    }
    const [first] = edge.evidence;
    if (edge.count === 0) Object.assign(edge, flow);
    else if (first === evidence) addFlow(edge, flow);
    edge.evidence.add(evidence);
    return edge;
  }
}

/** Percentiles do not add up: those of the larger part stand. */
function addFlow(edge: Edge, flow: Flow): void {
  if (flow.count > edge.count && flow.p50 !== null) {
    edge.p50 = flow.p50;
    edge.p99 = flow.p99;
    edge.measure = flow.measure;
  }
  edge.count += flow.count;
  edge.errors += flow.errors;
}
