import type { TopologyEdge, TopologyNode, TopologyResponse } from '@hopline/model/api';

interface MessageFilter {
  service?: string;
  subject?: string;
}

/** The filter of the message list that shows a node's messages; null when the list cannot tell them. */
export function messagesOfNode(
  node: TopologyNode,
  topology: Pick<TopologyResponse, 'nodes' | 'edges'>,
): MessageFilter | null {
  if (node.kind === 'service' || node.kind === 'client') return { service: node.label };
  if (node.kind === 'subject') return { subject: node.label };
  const subjects = topology.edges
    .filter((edge) => edge.kind === 'store' && edge.to === node.id)
    .map((edge) => edge.from);
  if (node.kind === 'stream') return onlyPattern(node.detail) ?? subjectFilter(subjects, topology);
  return onlyPattern(node.detail);
}

/** The messages of an edge: its subject, its service, or both. */
export function messagesOfEdge(
  edge: TopologyEdge,
  topology: Pick<TopologyResponse, 'nodes' | 'edges'>,
): MessageFilter | null {
  const ends = [edge.from, edge.to].flatMap(
    (id) => topology.nodes.find((node) => node.id === id) ?? [],
  );
  const filter: MessageFilter = {};
  for (const node of ends) Object.assign(filter, messagesOfNode(node, topology) ?? {});
  if (edge.kind === 'http' || Object.keys(filter).length === 0) return null;
  return filter;
}

/** A detail that is one subject or pattern can be asked for as it stands. */
const onlyPattern = (detail: string): MessageFilter | null =>
  detail !== '' && !/[\s,]/.test(detail) ? { subject: detail } : null;

function subjectFilter(
  subjectIds: readonly string[],
  topology: Pick<TopologyResponse, 'nodes'>,
): MessageFilter | null {
  const [only, ...others] = subjectIds;
  const node = topology.nodes.find((candidate) => candidate.id === only);
  return node && others.length === 0 ? { subject: node.label } : null;
}
