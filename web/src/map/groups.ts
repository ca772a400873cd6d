import type { TopologyNode, TopologyResponse } from '@hopline/model/api';

/** What boxes are put together by: where they run, or the first token of their subjects. */
export const GROUPINGS = ['site', 'namespace'] as const;
export type Grouping = (typeof GROUPINGS)[number];

type Graph = Pick<TopologyResponse, 'nodes' | 'edges'>;

/**
 * The group of every node that belongs to exactly one, by node id. What belongs to several (a service
 * that publishes in two namespaces) or to none is left out and stands outside of the groups.
 */
export function groupsOf(graph: Graph, by: Grouping): ReadonlyMap<string, string> {
  return by === 'site' ? sitesOf(graph) : namespacesOf(graph);
}

/** A subject has no site of its own: it counts to the one where all of its publishers are. */
function sitesOf({ nodes, edges }: Graph): Map<string, string> {
  const sites = new Map(nodes.flatMap(({ id, site }) => (site === '' ? [] : [[id, site]])));
  const found = new Map(sites);
  for (const { id, kind } of nodes) {
    if (kind !== 'subject' || sites.has(id)) continue;
    const senders = edges.filter((edge) => edge.to === id);
    put(found, id, only(senders.map(({ from }) => sites.get(from) ?? '')));
  }
  return found;
}

function namespacesOf(graph: Graph): Map<string, string> {
  const found = new Map<string, string>();
  const of = (kind: TopologyNode['kind']): TopologyNode[] =>
    graph.nodes.filter((node) => node.kind === kind);
  const ends = (id: string, end: 'from' | 'to', kinds: readonly string[]): string[] =>
    graph.edges
      .filter((edge) => edge[end] === id && kinds.includes(edge.kind))
      .map((edge) => found.get(end === 'from' ? edge.to : edge.from) ?? '');
  for (const { id, label } of of('subject')) put(found, id, firstToken(label));
  for (const { id, detail } of of('stream')) {
    const stored = ends(id, 'to', ['store']);
    const listed = detail.split(/[\s,]+/).map(firstToken);
    put(found, id, only(stored.length > 0 ? stored : listed));
  }
  for (const { id } of of('consumer')) put(found, id, only(ends(id, 'to', ['source'])));
  for (const { id } of [...of('service'), ...of('client')]) {
    // What it says is more its own than what it hears.
    const said = ends(id, 'from', ['publish']);
    put(found, id, only(said.length > 0 ? said : ends(id, 'to', ['subscribe', 'consume'])));
  }
  return found;
}

function put(groups: Map<string, string>, id: string, group: string): void {
  if (group !== '') groups.set(id, group);
}

/** The one value that all have; '' when they differ or there are none. */
function only(values: readonly string[]): string {
  const [first = '', ...others] = new Set(values);
  return others.length === 0 ? first : '';
}

/** '' for a wildcard: it belongs to every namespace. */
function firstToken(subject: string): string {
  const [token = ''] = subject.split('.');
  return token === '*' || token === '>' ? '' : token;
}
