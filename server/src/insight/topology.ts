import { isInternalSubject } from '@hopline/model';
import type { FlowRow, HttpCallRow, ServiceActivityRow } from '../store/store.ts';
import { type Flow, Graph, NO_FLOW } from './graph.ts';
import { addAssets } from './topology-assets.ts';
import type { TopologyFacts } from './topology-facts.ts';
import { addDetail, consumerNode, subjectNode } from './topology-nodes.ts';
import { addServerDeliveries, addServerStores, placeServices } from './topology-servers.ts';

/**
 * Who talks to whom. Producers and consumers meet at the subject pattern, each side by itself: no window
 * of time stands between them.
 */
export function topology(facts: TopologyFacts): Graph {
  const graph = new Graph();
  const published = facts.flows.filter((flow) => flow.kind === 'PRODUCER');
  for (const flow of published) addPublish(graph, flow);
  const patterns = [...new Set(published.map((flow) => flow.subject_pattern))];
  for (const flow of facts.flows) if (flow.kind === 'CONSUMER') addConsume(graph, flow, patterns);
  for (const call of facts.httpCalls) addHttpCall(graph, call);
  addActivity(graph, facts.activity);
  addServerStores(graph, facts.stores, patterns);
  addServerDeliveries(graph, facts, patterns);
  addAssets(graph, facts.assets);
  placeServices(graph, facts);
  return graph;
}

function addPublish(graph: Graph, flow: FlowRow): void {
  if (isInternalSubject(flow.subject_pattern)) return;
  const service = graph.node('service', flow.service, 'client spans');
  const subject = graph.node('subject', flow.subject_pattern, 'client spans');
  const total = { count: Number(flow.count), errors: Number(flow.errors) };
  const took = { p50: flow.duration_p50, p99: flow.duration_p99 };
  subject.count += total.count;
  subject.errors += total.errors;
  if (flow.is_request) {
    const request = { ...total, ...took, measure: 'round trip' };
    graph.edge('request', { from: service, to: subject, evidence: 'client spans' }, request);
    return;
  }
  // The PubAck comes after the store, so a JetStream publish measures both.
  const measure = flow.stream === '' ? 'send' : 'store';
  const publish = { ...total, ...took, measure };
  graph.edge('publish', { from: service, to: subject, evidence: 'client spans' }, publish);
  if (flow.stream === '') return;
  const stream = graph.node('stream', flow.stream, 'client spans');
  stream.count += total.count;
  stream.errors += total.errors;
  const store = { ...total, ...took, measure: 'store' };
  graph.edge('store', { from: subject, to: stream, evidence: 'client spans' }, store);
}

function addConsume(graph: Graph, flow: FlowRow, patterns: readonly string[]): void {
  if (isInternalSubject(flow.subject_pattern)) return;
  const service = graph.node('service', flow.service, 'client spans');
  const handling: Flow = {
    count: Number(flow.count),
    errors: Number(flow.errors),
    measure: 'process',
    p50: flow.duration_p50,
    p99: flow.duration_p99,
  };
  if (flow.consumer === '') {
    const subject = subjectNode(graph, { ...flow, patterns }, 'client spans');
    graph.edge('subscribe', { from: subject, to: service, evidence: 'client spans' }, handling);
    if (flow.queue_group !== '') addDetail(service, `queue ${flow.queue_group}`);
    return;
  }
  const stream = graph.node('stream', flow.stream, 'client spans');
  const consumer = consumerNode(graph, flow, 'client spans');
  consumer.count += handling.count;
  consumer.errors += handling.errors;
  const waiting = { ...handling, measure: 'queue', p50: flow.queue_p50, p99: flow.queue_p99 };
  graph.edge('source', { from: stream, to: consumer, evidence: 'client spans' }, waiting);
  graph.edge('consume', { from: consumer, to: service, evidence: 'client spans' }, handling);
  // The stream took it from this subject, even if its publisher is not instrumented.
  const subject = subjectNode(graph, { ...flow, patterns }, 'client spans');
  graph.edge('store', { from: subject, to: stream, evidence: 'client spans' }, NO_FLOW);
}

function addHttpCall(graph: Graph, call: HttpCallRow): void {
  const from = graph.node('service', call.caller, 'client spans');
  const to = graph.node('service', call.callee, 'client spans');
  const flow: Flow = {
    count: Number(call.count),
    errors: Number(call.errors),
    measure: 'round trip',
    p50: call.p50,
    p99: call.p99,
  };
  graph.edge('http', { from, to, evidence: 'client spans' }, flow);
}

function addActivity(graph: Graph, activity: readonly ServiceActivityRow[]): void {
  for (const row of activity) {
    const service = graph.node('service', row.service, 'client spans');
    service.count += Number(row.spans);
    service.errors += Number(row.errors);
  }
}
