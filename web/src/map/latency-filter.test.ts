import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathsOfEdge, pathsOfNode } from './latency-filter.ts';
import { edge, node, ORDERS, orderFlow } from './topology-fixture.ts';

const flow = orderFlow();
const consumer = { ...node('consumer:ORDERS/payment'), detail: 'orders.created' };
const topology = {
  ...flow,
  nodes: flow.nodes.map((one) => (one.id === consumer.id ? consumer : one)),
};
const nodeOf = (id: string) => topology.nodes.find((one) => one.id === id)!;
const edgeOf = (from: string, to: string) =>
  topology.edges.find((one) => one.from === from && one.to === to)!;

test('a node leads to the paths that run through it', () => {
  const f = (id: string, expected: unknown): void =>
    assert.deepEqual(pathsOfNode(nodeOf(id), topology), expected, id);
  f('subject:orders.created', { subject: 'orders.created' });
  f('service:payment', { consumer: 'payment' });
  f('service:gateway', { producer: 'gateway' });
  f(consumer.id, { subject: 'orders.created', consumer: 'payment' });
  // Two subjects are stored in it: no one filter says "either".
  f(ORDERS, null);
});

test('an edge leads to the paths that run over it', () => {
  const f = (from: string, to: string, expected: unknown): void =>
    assert.deepEqual(pathsOfEdge(edgeOf(from, to), topology), expected, `${from} ${to}`);
  f('service:gateway', 'subject:orders.created', {
    producer: 'gateway',
    subject: 'orders.created',
  });
  f('subject:orders.created', ORDERS, { subject: 'orders.created' });
  f(ORDERS, consumer.id, { subject: 'orders.created', consumer: 'payment' });
  f(consumer.id, 'service:payment', { subject: 'orders.created', consumer: 'payment' });
  f('subject:fraud.check', 'service:fraud', { subject: 'fraud.check', consumer: 'fraud' });
  f('service:payment', 'service:shipping', null);
});

test('a consumer with two services, or with none that is instrumented, leads nowhere', () => {
  const two = {
    nodes: topology.nodes,
    edges: [...topology.edges, edge(consumer.id, 'service:fraud', 'consume')],
  };
  assert.equal(pathsOfNode(consumer, two), null);
  assert.equal(pathsOfNode(consumer, { nodes: topology.nodes, edges: [] }), null);
});
