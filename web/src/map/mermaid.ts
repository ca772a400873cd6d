import { durationNs, formatDuration } from '@hopline/model';
import type { EdgeKind, NodeKind, TopologyResponse } from '@hopline/model/api';
import { rateLabel, ratioLabel } from '../ui/number-text.ts';

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
export function mermaidOf(topology: Pick<TopologyResponse, 'nodes' | 'edges'>): string {
  const nodes = topology.nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const lines = nodes.map(({ id, kind, label }) => {
    const [open, close] = SHAPES[kind];
    return `  ${names.get(id)}${open}"${escaped(label)}"${close}`;
  });
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
