import type { TopologyEdge, TopologyNode, TopologyResponse } from '@hopline/model/api';

/** Which paths of the latency page a node or an edge stands for. */
export interface PathsOf {
  producer?: string;
  subject?: string;
  consumer?: string;
}

type Topology = Pick<TopologyResponse, 'nodes' | 'edges'>;

/** The paths that run through a node; null when the map cannot tell them apart. */
export function pathsOfNode(node: TopologyNode, topology: Topology): PathsOf | null {
  if (node.kind === 'subject') return { subject: node.label };
  if (node.kind === 'service') {
    // What a service waits for is more often the question than what it sends.
    const takes = topology.edges.some(
      ({ to, kind }) => to === node.id && (kind === 'consume' || kind === 'subscribe'),
    );
    if (takes) return { consumer: node.label };
    const sends = topology.edges.some(
      ({ from, kind }) => from === node.id && (kind === 'publish' || kind === 'request'),
    );
    return sends ? { producer: node.label } : null;
  }
  if (node.kind === 'consumer') return pathsOfConsumer(node, topology);
  if (node.kind === 'stream') {
    const [only, ...others] = topology.edges.filter(
      ({ to, kind }) => to === node.id && kind === 'store',
    );
    return only && others.length === 0 ? subjectOf(only.from, topology) : null;
  }
  return null;
}

/** The paths that run over an edge. */
export function pathsOfEdge(edge: TopologyEdge, topology: Topology): PathsOf | null {
  const [from, to] = [nodeOf(edge.from, topology), nodeOf(edge.to, topology)];
  if (!from || !to) return null;
  switch (edge.kind) {
    case 'publish':
    case 'request':
      return { producer: from.label, subject: to.label };
    case 'subscribe':
      return to.kind === 'service' ? { subject: from.label, consumer: to.label } : null;
    case 'consume':
      return to.kind === 'service' ? pathsOfNode(from, topology) : null;
    case 'store':
      return { subject: from.label };
    case 'source':
      return pathsOfNode(to, topology);
    case 'http':
      return null;
  }
}

/** The one service behind a JetStream consumer, and the one subject it takes where it takes one. */
function pathsOfConsumer(node: TopologyNode, topology: Topology): PathsOf | null {
  const [taker, ...others] = topology.edges.filter(
    ({ from, kind }) => from === node.id && kind === 'consume',
  );
  const service = taker && others.length === 0 ? nodeOf(taker.to, topology) : undefined;
  if (service?.kind !== 'service') return null;
  return { ...subjectOf(`subject:${node.detail}`, topology), consumer: service.label };
}

const subjectOf = (id: string, topology: Topology): PathsOf | null => {
  const node = nodeOf(id, topology);
  return node?.kind === 'subject' ? { subject: node.label } : null;
};

const nodeOf = (id: string, topology: Topology): TopologyNode | undefined =>
  topology.nodes.find((node) => node.id === id);
