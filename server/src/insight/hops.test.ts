import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { hopsByMessage, hopTree } from './hops.ts';
import { at, hopRow, spanId } from './rows-fixture.ts';

const origin = hopRow({
  timeMs: 0,
  expects: ['1', '2'],
  egresses: [
    { kind: 'router', timeMs: 0.2, hop: '1' },
    { kind: 'leaf', timeMs: 0.2, hop: '2' },
    { kind: 'client', timeMs: 0.3, name: 'notifications', subscription: 'orders.>' },
    { kind: 'client', timeMs: 0.3, name: 'plumbing' },
    { kind: 'jetstream', timeMs: 0.3 },
  ],
});
const leader = hopRow({
  timeMs: 0.5,
  server_id: 'S2',
  hop: '1',
  ingress_kind: 'router',
  stream: 'ORDERS',
  store_time: at(0.9),
});
const leaf = hopRow({
  timeMs: 0.6,
  server_id: 'L1',
  hop: '2',
  ingress_kind: 'leaf',
  egresses: [{ kind: 'client', timeMs: 0.7, name: 'edge', subscription: 'orders.*', queue: 'q' }],
});

test('servers in order of hop, with the origin, the store and the deliveries', () => {
  const tree = hopTree([leaf, leader, origin]);
  assert.deepEqual(
    tree.hops.map((hop) => hop.hop),
    ['', '1', '2'],
  );
  assert.equal(tree.origin, origin);
  assert.equal(tree.stored, leader);
  assert.deepEqual(tree.missing, []);
  assert.deepEqual(
    tree.deliveries.map(({ name, queue, time }) => ({ name, queue, time })),
    [
      { name: 'notifications', queue: '', time: at(0.3) },
      { name: 'edge', queue: 'q', time: at(0.7) },
    ],
  );
});

test('a client entry without a subscription is no delivery', () => {
  assert.ok(!hopTree([origin]).deliveries.some(({ name }) => name === 'plumbing'));
});

test('hops that were announced or must have been passed, and did not report', () => {
  assert.deepEqual(hopTree([origin]).missing, ['1', '2']);
  const deep = hopRow({ timeMs: 1, server_id: 'S9', hop: '2.10.1' });
  assert.deepEqual(hopTree([origin, leader, deep]).missing, ['2', '2.10']);
});

test('hop ids are ordered as numbers', () => {
  const rows = ['10', '9', '2.10', '2.9', '2'].map((hop) =>
    hopRow({ timeMs: 0, server_id: hop, hop }),
  );
  assert.deepEqual(
    hopTree(rows).hops.map(({ hop }) => hop),
    ['2', '2.9', '2.10', '9', '10'],
  );
});

test('any order and any duplicates give the same tree', () => {
  const partial = { ...leader, stream: '', store_time: '0' };
  const rows = [origin, leader, leaf, partial];
  const expected = hopTree(rows);
  assert.equal(expected.stored, leader);
  const input = fc.shuffledSubarray([...rows, ...rows, ...rows], { minLength: 12 });
  fc.assert(fc.property(input, (shuffled) => assert.deepEqual(hopTree(shuffled), expected)));
});

test('rows are told apart by the message they carry', () => {
  const other = hopRow({ timeMs: 0, span_id: spanId(2) });
  assert.deepEqual(
    [...hopsByMessage([origin, other, leader]).values()],
    [[origin, leader], [other]],
  );
});
