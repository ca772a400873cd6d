import { subjectMatches } from '@hopline/model';
import type { Evidence } from './delivery-path.ts';
import type { Graph, Node } from './graph.ts';

/** Ids hold the stream too: a consumer's name is its stream's alone. */
export function consumerNode(
  graph: Graph,
  { stream, consumer }: { stream: string; consumer: string },
  evidence: Evidence,
): Node {
  const node = graph.node('consumer', `${stream}/${consumer}`, evidence);
  node.label = consumer;
  return node;
}

/**
 * The subject as its producers name it: a producer's template may hold `*` where the consumer saw a
 * token that does not look as if it varied.
 */
export function subjectNode(
  graph: Graph,
  { subject_pattern, patterns }: { subject_pattern: string; patterns: readonly string[] },
  evidence: Evidence,
): Node {
  const name = patterns.includes(subject_pattern)
    ? subject_pattern
    : (mostSpecific(patterns, subject_pattern) ?? subject_pattern);
  return graph.node('subject', name, evidence);
}

function mostSpecific(patterns: readonly string[], subject: string): string | undefined {
  // `>` may stand for anything, so it says least; then the fewer `*` the better.
  const vagueness = (pattern: string): number =>
    (pattern.endsWith('>') ? 1_000 : 0) + pattern.split('*').length;
  return patterns
    .filter((pattern) => subjectMatches(pattern, subject))
    .sort((a, b) => vagueness(a) - vagueness(b))[0];
}

export function addDetail(node: Node, text: string): void {
  if (node.detail.split(', ').includes(text)) return;
  node.detail = node.detail === '' ? text : `${node.detail}, ${text}`;
}
