import type { TopologyEdge, TopologyNode, TopologyResponse } from '@hopline/model/api';
import type { Edge, Node } from '../insight/graph.ts';
import { topology } from '../insight/topology.ts';
import { firstSpan, mapTraffic } from '../store/store.ts';
import { type ApiContext, rolledRange } from './api-context.ts';
import { currentAssets } from './message-rows.ts';
import { observedSeconds } from './observed-seconds.ts';

const MAX_ROWS = 5_000;

/** GET /api/v1/topology */
export async function getTopology(
  context: ApiContext,
  query: { from?: string | undefined; to?: string | undefined },
): Promise<TopologyResponse> {
  const { database } = context;
  const bounds = await rolledRange(context, query);
  const [first, traffic, assets] = await Promise.all([
    firstSpan(database, bounds),
    mapTraffic(database, { ...bounds, limit: MAX_ROWS }),
    currentAssets(context),
  ]);
  const graph = topology({ ...traffic, assets });
  const seconds = observedSeconds(context, bounds, first);
  return {
    from: String(bounds.from),
    to: String(bounds.to),
    nodes: [...graph.nodes.values()].map((node) => nodeView(node, seconds)),
    edges: [...graph.edges.values()].map((edge) => edgeView(edge, seconds)),
  };
}

const rates = ({ count, errors }: { count: number; errors: number }, seconds: number) => ({
  ratePerSecond: count / seconds,
  errorRatio: count === 0 ? 0 : Math.min(errors / count, 1),
});

const nodeView = (node: Node, seconds: number): TopologyNode => ({
  id: node.id,
  kind: node.kind,
  label: node.label,
  detail: node.detail,
  site: node.site,
  ...rates(node, seconds),
  pending: node.pending,
  evidence: [...node.evidence],
});

const edgeView = (edge: Edge, seconds: number): TopologyEdge => ({
  id: edge.id,
  from: edge.from,
  to: edge.to,
  kind: edge.kind,
  ...rates(edge, seconds),
  measure: edge.measure,
  p50: wholeNs(edge.p50),
  p99: wholeNs(edge.p99),
  evidence: [...edge.evidence],
});

const wholeNs = (value: number | null): string | null =>
  value === null ? null : String(BigInt(Math.round(value)));
