import type { TopologyResponse } from '@hopline/model/api';

/** A range cut into steps that the map shows one after the other. */
export interface Replay {
  stepMs: number;
  fromMs: number;
  toMs: number;
  /** How many steps there are, at least one. */
  count: number;
}

const MAX_STEPS = 30;
const [SECOND_MS, MINUTE_MS, HOUR_MS] = [1_000, 60_000, 3_600_000];
/** Steps a reader can name. */
const STEPS_MS = [
  ...[10, 20, 30].map((count) => count * SECOND_MS),
  ...[1, 2, 5, 10, 20, 30].map((count) => count * MINUTE_MS),
  ...[1, 2, 6, 12, 24].map((count) => count * HOUR_MS),
];

/** The shortest step that needs no more than 30 of them; the last one may be cut short. */
export function replayOf(range: { fromMs: number; toMs: number }): Replay {
  const { fromMs, toMs } = range;
  const lengthMs = Math.max(1, toMs - fromMs);
  const stepMs =
    STEPS_MS.find((step) => lengthMs / step <= MAX_STEPS) ?? Math.ceil(lengthMs / MAX_STEPS);
  return { stepMs, fromMs, toMs, count: Math.ceil(lengthMs / stepMs) };
}

/** The step that holds a moment; the first or the last for one outside. */
export function stepAt({ fromMs, stepMs, count }: Replay, atMs: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor((atMs - fromMs) / stepMs)));
}

/** From when to when a step is. */
export function rangeOfStep(
  { fromMs, toMs, stepMs }: Replay,
  step: number,
): { kind: 'between'; fromMs: number; toMs: number } {
  const startMs = fromMs + step * stepMs;
  return { kind: 'between', fromMs: startMs, toMs: Math.min(toMs, startMs + stepMs) };
}

/**
 * The map of a whole range with the figures of one moment: nothing moves while time goes by, and what
 * was not heard at that moment is there, but silent.
 */
export function mapAt(
  whole: TopologyResponse,
  moment: TopologyResponse,
): { topology: TopologyResponse; silent: ReadonlySet<string> } {
  const nodes = new Map(moment.nodes.map((node) => [node.id, node]));
  const edges = new Map(moment.edges.map((edge) => [edge.id, edge]));
  const silent = new Set<string>();
  const isSilent = (id: string, ratePerSecond: number | undefined): void => {
    if (!ratePerSecond) silent.add(id);
  };
  for (const { id } of whole.nodes) isSilent(id, nodes.get(id)?.ratePerSecond);
  for (const { id } of whole.edges) isSilent(id, edges.get(id)?.ratePerSecond);
  const topology: TopologyResponse = {
    from: moment.from,
    to: moment.to,
    nodes: whole.nodes.map((node) => ({
      ...node,
      ...(nodes.get(node.id) ?? { ratePerSecond: 0, errorRatio: 0, pending: null, evidence: [] }),
      // What a box is made of decides its size: it stays that of the range.
      label: node.label,
      site: node.site,
    })),
    edges: whole.edges.map((edge) => ({
      ...edge,
      ...(edges.get(edge.id) ?? {
        ratePerSecond: 0,
        errorRatio: 0,
        p50: null,
        p99: null,
        evidence: [],
      }),
    })),
  };
  return { topology, silent };
}
