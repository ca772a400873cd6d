import { type AssetRow, isInternalSubject, subjectMatches } from '@hopline/model';
import { type Graph, NO_FLOW, type Node } from './graph.ts';
import { consumerNode } from './topology-nodes.ts';

/** Streams and consumers as their leaders report them, also those that no span tells of. */
export function addAssets(graph: Graph, assets: readonly AssetRow[]): void {
  const subjects = [...graph.nodes.values()].filter((node) => node.kind === 'subject');
  for (const asset of assets) {
    if (asset.kind === 'stream') addStream(graph, asset, subjects);
    else addConsumer(graph, asset);
  }
}

function addStream(graph: Graph, asset: AssetRow, subjects: readonly Node[]): void {
  const stream = graph.node('stream', asset.stream, 'configuration');
  stream.detail = asset.subjects.join(', ');
  stream.site = asset.cluster || asset.domain;
  for (const subject of subjects) {
    if (isInternalSubject(subject.label)) continue;
    if (!asset.subjects.some((pattern) => subjectMatches(pattern, subject.label))) continue;
    graph.edge('store', { from: subject, to: stream, evidence: 'configuration' }, NO_FLOW);
  }
}

function addConsumer(graph: Graph, asset: AssetRow): void {
  const stream = graph.node('stream', asset.stream, 'configuration');
  const consumer = consumerNode(graph, asset, 'configuration');
  consumer.detail = asset.queue_group === '' ? asset.subjects.join(', ') : asset.queue_group;
  consumer.site = asset.cluster || asset.domain;
  consumer.pending = Number(asset.num_pending);
  graph.edge('source', { from: stream, to: consumer, evidence: 'configuration' }, NO_FLOW);
}
