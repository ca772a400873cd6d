import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildScene, neighbourhood } from './scene.ts';
import { edge, node, ORDERS, orderFlow } from './topology-fixture.ts';

test('what belongs to one stream stands in its box: subjects first, then consumers', () => {
  const scene = buildScene(orderFlow());
  const stream = scene.boxes.find(({ id }) => id === ORDERS);
  assert.deepEqual(
    stream?.rows.map((row) => row.node.id),
    ['subject:orders.created', 'subject:orders.shipped', 'consumer:ORDERS/payment'],
  );
  assert.ok(!scene.boxes.some(({ id }) => id === 'subject:orders.created'));
  assert.ok(scene.boxes.some(({ id }) => id === 'subject:fraud.check'));
});

test('edges inside a box are not drawn; all others join the boxes of their ends', () => {
  const scene = buildScene(orderFlow());
  assert.ok(!scene.lines.some((line) => line.edge.kind === 'store' || line.edge.kind === 'source'));
  const publish = scene.lines.find((line) => line.edge.to === 'subject:orders.created');
  assert.deepEqual([publish?.fromBox, publish?.toBox], ['service:gateway', ORDERS]);
});

test('a subject that two streams store belongs to neither', () => {
  const flow = orderFlow();
  flow.nodes.push(node('stream:COPY'));
  flow.edges.push(edge('subject:orders.created', 'stream:COPY', 'store'));
  const scene = buildScene(flow);
  assert.ok(scene.boxes.some(({ id }) => id === 'subject:orders.created'));
  assert.equal(scene.lines.filter((line) => line.edge.kind === 'store').length, 2);
});

test('a stream of very many subjects says how many it hides, and their lines still end there', () => {
  const subjects = Array.from({ length: 30 }, (_, index) => node(`subject:s.${index + 100}`));
  const scene = buildScene({
    nodes: [node(ORDERS), node('service:a'), ...subjects],
    edges: subjects.flatMap(({ id }) => [
      edge(id, ORDERS, 'store'),
      edge('service:a', id, 'publish'),
    ]),
  });
  const stream = scene.boxes.find(({ id }) => id === ORDERS);
  assert.deepEqual([stream?.rows.length, stream?.hiddenRows], [12, 18]);
  assert.equal(scene.lines.length, 30);
});

test('an edge to a node that is not there is left out', () => {
  const scene = buildScene({ nodes: [node('service:a')], edges: [edge('service:a', 'x', 'http')] });
  assert.deepEqual(scene.lines, []);
});

test('the neighbourhood reaches to the next services on both sides', () => {
  const near = neighbourhood(orderFlow(), 'service:payment');
  for (const id of ['service:gateway', ORDERS, 'subject:fraud.check', 'service:fraud']) {
    assert.ok(near.has(id), `${id} is near payment`);
  }
  const ofFraud = neighbourhood(orderFlow(), 'service:fraud');
  assert.ok(ofFraud.has('service:payment'));
  assert.ok(!ofFraud.has(ORDERS), 'what lies behind the next service is left out');
});

test('with more hops it goes on behind the next services', () => {
  const two = neighbourhood(orderFlow(), 'service:fraud', 2);
  for (const id of ['service:payment', ORDERS, 'service:gateway']) {
    assert.ok(two.has(id), `${id} is two services from fraud`);
  }
});

test('a circle ends the walk', () => {
  const nodes = ['subject:a', 'subject:b'].map(node);
  const edges = [
    edge('subject:a', 'subject:b', 'publish'),
    edge('subject:b', 'subject:a', 'publish'),
  ];
  assert.equal(neighbourhood({ nodes, edges }, 'subject:a').size, 2);
});
