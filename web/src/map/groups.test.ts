import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupsOf } from './groups.ts';
import { edge, node, ORDERS, orderFlow } from './topology-fixture.ts';

test('by namespace: subjects by first token, streams and services by the one they share', () => {
  const groups = groupsOf(orderFlow(), 'namespace');
  assert.equal(groups.get('subject:orders.created'), 'orders');
  assert.equal(groups.get(ORDERS), 'orders');
  assert.equal(groups.get('consumer:ORDERS/payment'), 'orders');
  assert.equal(groups.get('service:gateway'), 'orders');
  // It publishes nothing: what it takes counts.
  assert.equal(groups.get('service:fraud'), 'fraud');
});

test('what belongs to two namespaces, or to all, belongs to none', () => {
  const flow = orderFlow();
  flow.nodes.push(node('subject:audit.done'), node('subject:*'));
  flow.edges.push(edge('service:gateway', 'subject:audit.done', 'publish'));
  const groups = groupsOf(flow, 'namespace');
  assert.equal(groups.has('service:gateway'), false);
  assert.equal(groups.has('subject:*'), false);
});

test('by site: a subject is where all of its publishers are', () => {
  const { nodes, edges } = orderFlow();
  const sited = nodes.map((one) =>
    one.kind === 'subject' ? one : { ...one, site: one.id === 'service:shipping' ? 'edge' : 'hub' },
  );
  const groups = groupsOf({ nodes: sited, edges }, 'site');
  assert.equal(groups.get('service:payment'), 'hub');
  assert.equal(groups.get('subject:orders.shipped'), 'edge');
  const both = [...edges, edge('service:gateway', 'subject:orders.shipped', 'publish')];
  assert.equal(
    groupsOf({ nodes: sited, edges: both }, 'site').has('subject:orders.shipped'),
    false,
  );
});
