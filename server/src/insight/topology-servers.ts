import type { ServerDeliveryRow, ServerStoreRow, ServiceActivityRow } from '../store/store.ts';
import type { Flow, Graph, Node } from './graph.ts';
import type { TopologyFacts } from './topology-facts.ts';
import { addDetail, subjectNode } from './topology-nodes.ts';

/** Streams as the servers' trace events name them. */
export function addServerStores(
  graph: Graph,
  stores: readonly ServerStoreRow[],
  patterns: readonly string[],
): void {
  for (const row of stores) {
    const subject = subjectNode(graph, { ...row, patterns }, 'server events');
    const stream = graph.node('stream', row.stream, 'server events');
    const flow: Flow = {
      count: Number(row.count),
      errors: Number(row.errors),
      measure: 'store',
      p50: row.p50,
      p99: row.p99,
    };
    graph.edge('store', { from: subject, to: stream, evidence: 'server events' }, flow);
  }
}

/**
 * Core NATS deliveries as the servers saw them. A connection that no instrumented service bears is a
 * client of its own: that is how consumers without instrumentation appear.
 */
export function addServerDeliveries(
  graph: Graph,
  facts: Pick<TopologyFacts, 'deliveries' | 'activity'>,
  patterns: readonly string[],
): void {
  const services = Map.groupBy(facts.activity, (row) => row.connection);
  for (const row of facts.deliveries) {
    const subject = subjectNode(graph, { ...row, patterns }, 'server events');
    const taker = takerOf(graph, { row, subject, services });
    const flow: Flow = {
      count: Number(row.count),
      errors: Number(row.errors),
      measure: '',
      p50: null,
      p99: null,
    };
    graph.edge('subscribe', { from: subject, to: taker, evidence: 'server events' }, flow);
  }
}

function takerOf(
  graph: Graph,
  known: {
    row: ServerDeliveryRow;
    subject: Node;
    services: ReadonlyMap<string, readonly ServiceActivityRow[]>;
  },
): Node {
  const { row, subject } = known;
  const names = (known.services.get(row.connection) ?? []).map(({ service }) => service);
  const subscribed = names.find((name) =>
    graph.edges.has(`subscribe:${subject.id}>service:${name}`),
  );
  if (subscribed !== undefined) return graph.node('service', subscribed, 'server events');
  const [only] = names;
  // Without a name any service may be meant: only one that handles this subject is sure to be.
  if (row.connection !== '' && only !== undefined) {
    return graph.node('service', only, 'server events');
  }
  const client = graph.node(
    'client',
    row.connection || `unnamed on ${row.server}`,
    'server events',
  );
  client.site = siteOf(row);
  client.count += Number(row.count);
  client.errors += Number(row.errors);
  if (row.queue_group !== '') addDetail(client, `queue ${row.queue_group}`);
  return client;
}

/** Sets each service's site: where most of its connections' messages came in or went out. */
export function placeServices(
  graph: Graph,
  facts: Pick<TopologyFacts, 'deliveries' | 'arrivals' | 'activity'>,
): void {
  const seen = new Map<string, Map<string, number>>();
  const rows = [...facts.arrivals, ...facts.deliveries];
  const byConnection = Map.groupBy(rows, (row) => row.connection);
  for (const { service, connection } of facts.activity) {
    if (connection === '') continue;
    const sites = seen.get(service) ?? new Map<string, number>();
    for (const row of byConnection.get(connection) ?? []) {
      const site = siteOf(row);
      sites.set(site, (sites.get(site) ?? 0) + Number(row.count));
    }
    seen.set(service, sites);
  }
  for (const [service, sites] of seen) {
    const [most] = [...sites].sort(([, a], [, b]) => b - a);
    const node = graph.nodes.get(`service:${service}`);
    if (node && most) node.site = most[0];
  }
}

/** A server outside a cluster (a lone leaf) is known by its domain, else by its name. */
const siteOf = (row: { cluster: string; domain: string; server: string }): string =>
  row.cluster || row.domain || row.server;
