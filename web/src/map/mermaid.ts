import { durationNs, formatDuration } from '@hopline/model';
import type { EdgeKind, NodeKind, TopologyNode, TopologyResponse } from '@hopline/model/api';
import { rateLabel, ratioLabel } from '../ui/number-text.ts';
import { type Grouping, groupsOf } from './groups.ts';

/** Brackets that give each kind a shape of its own in a Mermaid flowchart. */
const SHAPES: Readonly<Record<NodeKind, readonly [string, string]>> = {
  service: ['[', ']'],
  subject: ['([', '])'],
  stream: ['[(', ')]'],
  consumer: ['[/', '/]'],
  client: ['{{', '}}'],
};

const ARROWS: Readonly<Record<EdgeKind, string>> = {
  publish: '-->',
  store: '-->',
  source: '-->',
  consume: '-->',
  subscribe: '-->',
  // A request has an answer: an arrow at both ends.
  request: '<-->',
  http: '-.->',
};

/** The map as a Mermaid flowchart, for a README or a ticket. Sorted, so that two of them can be compared. */
export function mermaidOf(
  topology: Pick<TopologyResponse, 'nodes' | 'edges'>,
  grouping?: Grouping,
): string {
  const nodes = topology.nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const groups = grouping ? groupsOf(topology, grouping) : new Map<string, string>();
  const lineOf = ({ id, kind, label }: TopologyNode): string => {
    const [open, close] = SHAPES[kind];
    return `  ${names.get(id)}${open}"${escaped(label)}"${close}`;
  };
  const lines = [
    ...nodes.filter(({ id }) => !groups.has(id)).map(lineOf),
    ...[...new Set(groups.values())]
      .toSorted()
      .flatMap((group, index) => [
        `  subgraph g${index}["${escaped(group)}"]`,
        ...nodes.filter(({ id }) => groups.get(id) === group).map((node) => `  ${lineOf(node)}`),
        '  end',
      ]),
  ];
  const arrows = topology.edges
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap(({ from, to, kind, ratePerSecond, errorRatio, measure, p99 }) => {
      const [start, end] = [names.get(from), names.get(to)];
      if (start === undefined || end === undefined) return [];
      const facts = [rateLabel(ratePerSecond)];
      if (errorRatio > 0) facts.push(`${ratioLabel(errorRatio)} errors`);
      if (p99 !== null) facts.push(`${measure} P99 ${formatDuration(durationNs(p99))}`);
      return [`  ${start} ${ARROWS[kind]}|"${escaped(facts.join(', '))}"| ${end}`];
    });
  return ['flowchart LR', ...lines, ...arrows, ''].join('\n');
}

/** Mermaid reads entities by number inside quotes; nothing of a name may end the quote. */
const escaped = (text: string): string =>
  text.replace(/["#<>&\n]/g, (char) => `#${char.charCodeAt(0)};`);
