import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messagesOfEdge, messagesOfNode } from './message-filter.ts';
import { edge, node, ORDERS, orderFlow } from './topology-fixture.ts';

test('each kind of node leads to its messages', () => {
  const flow = orderFlow();
  assert.deepEqual(messagesOfNode(node('service:payment'), flow), { service: 'payment' });
  assert.deepEqual(messagesOfNode(node('subject:fraud.check'), flow), { subject: 'fraud.check' });
  assert.deepEqual(messagesOfNode({ ...node(ORDERS), detail: 'orders.>' }, flow), {
    subject: 'orders.>',
  });
});

test('a stream of several subjects, known by no one pattern, has no such list', () => {
  assert.equal(
    messagesOfNode({ ...node(ORDERS), detail: 'orders.>, refunds.>' }, orderFlow()),
    null,
  );
});

test('an edge is its subject and its service', () => {
  const request = edge('service:payment', 'subject:fraud.check', 'request');
  assert.deepEqual(messagesOfEdge(request, orderFlow()), {
    service: 'payment',
    subject: 'fraud.check',
  });
  assert.equal(
    messagesOfEdge(edge('service:payment', 'service:shipping', 'http'), orderFlow()),
    null,
  );
});
