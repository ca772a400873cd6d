import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  HEADER_PX,
  lineWidthPx,
  type Placement,
  placeScene,
  ROW_PX,
  routeOf,
  rowCentre,
} from './layout.ts';
import { buildScene } from './scene.ts';
import { edge, node, ORDERS, orderFlow } from './topology-fixture.ts';

const boxesOf = (placement: Placement): string => JSON.stringify([...placement.boxes]);

test('no two boxes overlap, and a line to the right is the rule', () => {
  const scene = buildScene(orderFlow());
  const places = [...placeScene(scene, null).boxes.values()];
  assert.equal(places.length, scene.boxes.length);
  for (const [index, a] of places.entries()) {
    for (const b of places.slice(index + 1)) {
      const isApart =
        a.x + a.width <= b.x ||
        b.x + b.width <= a.x ||
        a.y + a.height <= b.y ||
        b.y + b.height <= a.y;
      assert.ok(isApart, `${JSON.stringify(a)} overlaps ${JSON.stringify(b)}`);
    }
  }
});

test('the flow runs from left to right', () => {
  const { boxes } = placeScene(buildScene(orderFlow()), null);
  const x = (id: string): number => boxes.get(id)?.x ?? Number.NaN;
  assert.ok(x('service:gateway') < x(ORDERS));
  assert.ok(x(ORDERS) < x('service:payment'));
  assert.ok(x('service:payment') < x('subject:fraud.check'));
});

test('other figures move nothing: the placement is the same object', () => {
  const first = placeScene(buildScene(orderFlow()), null);
  const busier = orderFlow();
  for (const item of [...busier.nodes, ...busier.edges]) item.ratePerSecond *= 100;
  assert.equal(placeScene(buildScene(busier), first), first);
});

test('a node that goes away and comes back stands where it stood', () => {
  const whole = placeScene(buildScene(orderFlow()), null);
  const { nodes, edges } = orderFlow();
  const without = {
    nodes: nodes.filter(({ id }) => id !== 'service:fraud'),
    edges: edges.filter(({ to }) => to !== 'service:fraud'),
  };
  const smaller = placeScene(buildScene(without), whole);
  assert.equal(placeScene(buildScene(orderFlow()), smaller), whole);
});

test('a new node makes a new placement', () => {
  const first = placeScene(buildScene(orderFlow()), null);
  const larger = orderFlow();
  larger.nodes.push(node('service:new'));
  larger.edges.push(edge('subject:fraud.check', 'service:new', 'subscribe'));
  const second = placeScene(buildScene(larger), first);
  assert.notEqual(second, first);
  assert.ok(second.boxes.has('service:new'));
});

test('the order in which nodes and edges come in changes nothing', () => {
  const { nodes, edges } = orderFlow();
  const turned = { nodes: [...nodes].reverse(), edges: [...edges].reverse() };
  assert.equal(
    boxesOf(placeScene(buildScene(turned), null)),
    boxesOf(placeScene(buildScene(orderFlow()), null)),
  );
});

test('a line starts and ends at the height of its rows', () => {
  const scene = buildScene(orderFlow());
  const placement = placeScene(scene, null);
  const boxes = new Map(scene.boxes.map((box) => [box.id, box]));
  const line = scene.lines.find((candidate) => candidate.edge.from === 'consumer:ORDERS/payment');
  assert.ok(line);
  const route = routeOf(line, boxes, placement);
  const stream = placement.boxes.get(ORDERS);
  assert.ok(route && stream);
  assert.equal(route.isForward, true);
  // The consumer is the last of the three rows of the stream.
  const y = stream.y + HEADER_PX + 2 * ROW_PX + ROW_PX / 2;
  assert.ok(route.path.startsWith(`M${stream.x + stream.width},${y}`), route.path);
});

test('a line back ends at the right side of its box', () => {
  const scene = buildScene(orderFlow());
  const placement = placeScene(scene, null);
  const boxes = new Map(scene.boxes.map((box) => [box.id, box]));
  const line = scene.lines.find(({ edge: { to } }) => to === 'subject:orders.shipped');
  assert.ok(line);
  const route = routeOf(line, boxes, placement);
  const stream = placement.boxes.get(ORDERS);
  assert.ok(route && stream);
  assert.equal(route.isForward, false);
  assert.equal(route.tip.x, stream.x + stream.width);
});

test('an edge without a place of its own still has a way and a label', () => {
  const first = placeScene(buildScene(orderFlow()), null);
  const more = orderFlow();
  more.edges.push(edge('service:fraud', ORDERS, 'publish'));
  const scene = buildScene(more);
  const placement = placeScene(scene, first);
  const line = scene.lines.find(({ edge: { from } }) => from === 'service:fraud');
  assert.ok(line);
  const route = routeOf(line, new Map(scene.boxes.map((box) => [box.id, box])), placement);
  assert.ok(route && Number.isFinite(route.label.x) && Number.isFinite(route.label.y));
});

test('a wide tree is placed whole', () => {
  const nodes = Array.from({ length: 100 }, (_, index) => node(`service:s${index}`));
  const edges = nodes
    .slice(1)
    .map(({ id }, index) => edge(`service:s${Math.floor(index / 3)}`, id, 'http'));
  const placement = placeScene(buildScene({ nodes, edges }), null);
  assert.equal(placement.boxes.size, 100);
  assert.equal(placement.labels.size, 99);
});

test('rows and headers have centres of their own; a line grows with its rate, to a limit', () => {
  const stream = buildScene(orderFlow()).boxes.find(({ id }) => id === ORDERS);
  assert.ok(stream);
  assert.equal(rowCentre(stream, ORDERS), HEADER_PX / 2);
  assert.ok(lineWidthPx(0) < lineWidthPx(1) && lineWidthPx(1) < lineWidthPx(1000));
  assert.equal(lineWidthPx(1e12), lineWidthPx(1e15));
});

test('the frame of a group holds its boxes and no other, and other groups make a new placement', () => {
  const scene = buildScene(orderFlow(), 'namespace');
  const placement = placeScene(scene, null);
  const frame = placement.groups.get('orders');
  assert.ok(frame);
  for (const { id, group } of scene.boxes) {
    const box = placement.boxes.get(id);
    assert.ok(box);
    const isInside =
      box.x >= frame.x &&
      box.y >= frame.y &&
      box.x + box.width <= frame.x + frame.width &&
      box.y + box.height <= frame.y + frame.height;
    const isOutside =
      box.x >= frame.x + frame.width ||
      box.x + box.width <= frame.x ||
      box.y >= frame.y + frame.height ||
      box.y + box.height <= frame.y;
    assert.ok(group === 'orders' ? isInside : isOutside, `${id}, ${group}`);
  }
  assert.equal(placeScene(buildScene(orderFlow(), 'namespace'), placement), placement);
  assert.notEqual(placeScene(buildScene(orderFlow()), placement), placement);
});
