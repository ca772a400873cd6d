import { z } from 'zod';
import { durationNsString, evidence, timeRangeQuery, unixNsString } from './scalars.ts';

export const nodeKind = z.enum(['service', 'subject', 'stream', 'consumer', 'client']);

/**
 * - `publish`    service -> subject
 * - `store`      subject -> stream
 * - `source`     stream -> consumer (the consumer reads this stream)
 * - `consume`    consumer -> service, or consumer -> client when not instrumented
 * - `subscribe`  subject -> service (core NATS), or subject -> client when not instrumented
 * - `request`    service -> subject, a reply is awaited
 * - `http`       service -> service
 */
export const edgeKind = z.enum([
  'publish',
  'store',
  'source',
  'consume',
  'subscribe',
  'request',
  'http',
]);

export const topologyNode = z.object({
  /** `service:payment`, `subject:orders.created`, `stream:ORDERS`, `consumer:ORDERS/payment`, `client:name`. */
  id: z.string(),
  kind: nodeKind,
  label: z.string(),
  /** Second line: queue group, subjects of a stream, site. '' for none. */
  detail: z.string(),
  /** Leaf or cluster the node's servers belong to; '' when unknown. */
  site: z.string(),
  ratePerSecond: z.number(),
  errorRatio: z.number().min(0).max(1),
  /** Messages waiting for a consumer (leader's figure); null when unknown or not a consumer. */
  pending: z.number().nullable(),
  evidence: z.array(evidence),
});

export const topologyEdge = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  kind: edgeKind,
  ratePerSecond: z.number(),
  errorRatio: z.number().min(0).max(1),
  /** What p50 and p99 measure on this edge: "send", "store", "queue", "process", "transit", "round trip". */
  measure: z.string(),
  p50: durationNsString.nullable(),
  p99: durationNsString.nullable(),
  evidence: z.array(evidence),
});

export const topologyQuery = timeRangeQuery;

export const topologyResponse = z.object({
  from: unixNsString,
  to: unixNsString,
  nodes: z.array(topologyNode),
  edges: z.array(topologyEdge),
});

export type TopologyNode = z.infer<typeof topologyNode>;
export type TopologyEdge = z.infer<typeof topologyEdge>;
export type TopologyResponse = z.infer<typeof topologyResponse>;
export type NodeKind = z.infer<typeof nodeKind>;
export type EdgeKind = z.infer<typeof edgeKind>;
