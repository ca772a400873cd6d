import { ATTR } from '@hopline/model';
import type {
  Attempt,
  Delivery,
  Hop,
  LogRecord,
  MessageResponse,
  Span,
  TraceResponse,
} from '@hopline/model/api';

/** A span that is no message: an HTTP call, or whatever a trace begins with. */
export interface SpanNode {
  kind: 'span';
  span: Span;
  children: PathNode[];
  logs: LogRecord[];
}

export interface MessageNode {
  kind: 'message';
  message: MessageResponse;
  deliveries: DeliveryNode[];
  logs: LogRecord[];
}

export interface DeliveryNode {
  delivery: Delivery;
  attempts: AttemptNode[];
}

export interface AttemptNode {
  attempt: Attempt;
  /** What was sent and called while this attempt was handled. */
  children: PathNode[];
  logs: LogRecord[];
  /** Answers it gave, to inboxes that nobody else reads. */
  replies: Reply[];
}

export interface Reply {
  span: Span;
  /** Servers that the answer passed, in order of hop id. */
  hops: Hop[];
}

export type PathNode = SpanNode | MessageNode;

export interface PathTree {
  roots: PathNode[];
  /** Logs that belong to the trace but to no node of it. */
  strayLogs: LogRecord[];
  /** Messages that no span tells of (yet). */
  serverOnly: ServerOnly[];
}

export interface ServerOnly {
  /** In order of hop id. */
  hops: Hop[];
  missingHops: string[];
}

/** What may have something under it. */
interface Host {
  children: PathNode[];
  logs: LogRecord[];
  replies?: Reply[];
}

/**
 * Who caused what: every message stands under the handling attempt or the call that published it. Times
 * decide the order among siblings.
 */
export function buildPathTree(
  trace: TraceResponse,
  messages: readonly MessageResponse[],
): PathTree {
  const spans = new Map(trace.spans.map((span) => [span.spanId, span]));
  const hosts = new Map<string, Host>();
  const nodes = [
    ...messages.map((message) => messageNode(message, hosts)),
    ...spanNodes(trace, messages, hosts),
  ].sort(byTime);
  const tree: PathTree = { roots: [], strayLogs: [], serverOnly: serverOnly(trace) };
  for (const node of nodes) {
    const host = hostAbove(parentOf(node, spans), spans, hosts);
    (host?.children ?? tree.roots).push(node);
  }
  for (const span of trace.spans.filter(isReply)) {
    const hops = trace.hops.filter(({ spanId }) => spanId === span.spanId);
    hostAbove(span.parentSpanId, spans, hosts)?.replies?.push({ span, hops });
  }
  addPublishHosts(nodes, hosts);
  for (const log of trace.logs) {
    const host = hostAbove(log.spanId, spans, hosts);
    (host?.logs ?? tree.strayLogs).push(log);
  }
  return tree;
}

function serverOnly({ hops, spans, missingHops }: TraceResponse): ServerOnly[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const paths = Map.groupBy(hops, ({ spanId }) => spanId);
  return [...paths].flatMap(([spanId, path]) => {
    if (known.has(spanId)) return [];
    const missing = missingHops.filter(({ messageId }) => messageId.endsWith(`-${spanId}`));
    return [{ hops: path, missingHops: missing.map(({ hop }) => hop) }];
  });
}

const isReply = ({ attributes }: Span): boolean =>
  attributes[ATTR.destinationTemporary] === 'true' && attributes[ATTR.operationType] === 'send';

function messageNode(message: MessageResponse, hosts: Map<string, Host>): MessageNode {
  const deliveries = message.deliveries.map((delivery) => {
    const attempts = delivery.attemptList.map((attempt): AttemptNode => {
      const node = { attempt, children: [], logs: [], replies: [] };
      hosts.set(attempt.spanId, node);
      return node;
    });
    return { delivery, attempts };
  });
  return { kind: 'message', message, deliveries, logs: [] };
}

function spanNodes(
  trace: TraceResponse,
  messages: readonly MessageResponse[],
  hosts: Map<string, Host>,
): SpanNode[] {
  const known = new Set(trace.spans.map((span) => span.spanId));
  const published = new Set(messages.map((message) => message.publishSpanId));
  return trace.spans.flatMap((span) => {
    const isHttp = ATTR.httpMethod in span.attributes;
    const isRoot = span.parentSpanId === null || !known.has(span.parentSpanId);
    const isMessaging = ATTR.system in span.attributes;
    if (!isHttp && !(isRoot && !isMessaging)) return [];
    if (published.has(span.spanId) || hosts.has(span.spanId)) return [];
    const node: SpanNode = { kind: 'span', span, children: [], logs: [] };
    hosts.set(span.spanId, node);
    return [node];
  });
}

/** Logs written inside a publish call belong to its message; nothing else hangs there. */
function addPublishHosts(nodes: readonly PathNode[], hosts: Map<string, Host>): void {
  for (const node of nodes) {
    if (node.kind !== 'message' || hosts.has(node.message.publishSpanId)) continue;
    hosts.set(node.message.publishSpanId, { children: [], logs: node.logs });
  }
}

/** Where the search for a node's host begins: at its parent, never at itself. */
function parentOf(node: PathNode, spans: ReadonlyMap<string, Span>): string | null {
  if (node.kind === 'span') return node.span.parentSpanId;
  const publish = spans.get(node.message.publishSpanId);
  if (publish?.parentSpanId) return publish.parentSpanId;
  return null;
}

function hostAbove(
  from: string | null,
  spans: ReadonlyMap<string, Span>,
  hosts: ReadonlyMap<string, Host>,
): Host | undefined {
  let spanId = from;
  // A broken exporter may send a circle: no chain is longer than there are spans.
  for (let step = 0; spanId !== null && step <= spans.size; step += 1) {
    const host = hosts.get(spanId);
    if (host) return host;
    spanId = spans.get(spanId)?.parentSpanId ?? null;
  }
  return undefined;
}

function byTime(a: PathNode, b: PathNode): number {
  const difference = timeOf(a) - timeOf(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const timeOf = (node: PathNode): bigint =>
  BigInt(node.kind === 'span' ? node.span.start : node.message.time);
