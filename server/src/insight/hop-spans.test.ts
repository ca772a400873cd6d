import assert from 'node:assert/strict';
import test from 'node:test';
import { ATTR } from '@hopline/model';
import fc from 'fast-check';
import type { HopHead } from '../store/store.ts';
import { type HopSpan, hopSpans, messageHopSpans } from './hop-spans.ts';
import { hopTree } from './hops.ts';
import { at, hopRow, spanId } from './rows-fixture.ts';

const origin = hopRow({
  timeMs: 0,
  server_name: 'n1',
  expects: ['1', '2'],
  egresses: [
    { kind: 'router', timeMs: 0.2, name: 'n2', hop: '1' },
    { kind: 'leaf', timeMs: 0.2, name: 'edge', hop: '2' },
    { kind: 'client', timeMs: 0.3, name: 'audit', cid: '9', subscription: 'orders.>', queue: 'q' },
    { kind: 'client', timeMs: 0.3, name: 'plumbing' },
  ],
  change_kind: ['mapping'],
  change_time: [at(0.1)],
  change_account: [''],
  change_from: [''],
  change_to: ['orders.mapped'],
});
const leader = hopRow({
  timeMs: 0.5,
  server_id: 'S2',
  server_name: 'n2',
  hop: '1',
  ingress_kind: 'router',
  ingress_name: 'n1',
  stream: 'ORDERS',
  store_time: at(0.9),
});
const leaf = hopRow({
  timeMs: 0.1,
  server_id: 'L1',
  server_name: 'edge',
  hop: '2',
  ingress_kind: 'leaf',
  ingress_name: 'n1',
  expects: ['2.1'],
  egresses: [{ kind: 'router', timeMs: 0.7, name: 'edge-2', hop: '2.1' }],
});
const last = hopRow({
  timeMs: 0.9,
  server_id: 'L2',
  server_name: 'edge-2',
  hop: '2.1',
  ingress_kind: 'router',
  ingress_name: 'edge',
});
const all = [origin, leader, leaf, last];

const joined = (rows: readonly HopHead[]): HopSpan[] => messageHopSpans(hopTree(rows));

/** Names, indented by their depth below the publish span. */
function drawn(spans: readonly HopSpan[], parent = spanId(1)): string[] {
  return spans
    .filter((span) => span.parentSpanId === parent)
    .flatMap((span) => [
      span.name + (span.attributes[ATTR.hopMissing] ? ' (missing)' : ''),
      ...drawn(spans, span.spanId).map((line) => `  ${line}`),
    ]);
}

const TREE = [
  'server n1',
  '  deliver orders.>',
  '  server n2',
  '    store ORDERS',
  '  server edge',
  '    server edge-2',
];

test('one span of each server, of its store and of each hand-over, below the publish span', () => {
  const spans = joined(all);
  assert.deepEqual(drawn(spans), TREE);
  const [first, delivered] = spans as [HopSpan, HopSpan];
  assert.deepEqual([first.start, first.duration], [at(0), '300000']);
  assert.equal(delivered.attributes[ATTR.connectionName], 'audit');
  assert.equal(delivered.attributes[ATTR.consumerGroup], 'q');
  const store = spans.find(({ name }) => name === 'store ORDERS');
  assert.deepEqual([store?.start, store?.duration], [at(0.5), '400000'], 'the time of the quorum');
  assert.deepEqual(
    first.events.map(({ name }) => name),
    ['mapping', 'to router', 'to leaf'],
  );
  assert.equal(first.events[0]?.attributes[ATTR.subjectAfter], 'orders.mapped');
});

test('order and duplicates make no difference', () => {
  const expected = joined(all);
  fc.assert(
    fc.property(fc.shuffledSubarray([...all, ...all], { minLength: 8 }), (rows) => {
      assert.deepEqual(joined(rows), expected);
    }),
  );
});

test('each event alone makes the spans that it makes beside the others', () => {
  const known = new Map(joined(all).map((span) => [span.spanId, span.parentSpanId]));
  for (const span of all.flatMap(hopSpans)) {
    assert.equal(known.get(span.spanId), span.parentSpanId, span.name);
  }
});

test('whichever server does not report: its place is shown, those below keep their place', () => {
  for (const lost of all) {
    const spans = joined(all.filter((row) => row !== lost));
    const text = `server ${lost.server_name}`;
    const [, ...gone] = hopSpans(lost).map(({ name }) => name);
    const left = TREE.filter((line) => !gone.includes(line.trim()));
    const expected = left.map((line) => (line.trim() === text ? `${line} (missing)` : line));
    assert.deepEqual(drawn(spans).toSorted(), expected.toSorted());
    const marked = spans.filter(({ attributes }) => attributes[ATTR.incomplete] === 'true');
    assert.equal(marked.length, lost === origin ? 0 : 1, 'the one before it is incomplete');
  }
});

test('a server whose clock is behind the one before it says so', () => {
  const late = joined([origin, { ...leader, time: at(-2) }]);
  const span = late.find(({ name }) => name === 'server n2');
  assert.equal(span?.attributes[ATTR.clockBehind], '2000000');
  assert.equal(span?.start, at(-2), 'the time is the one that the server told');
});

test('a parent under another name than the child calls it is still the parent', () => {
  const spans = joined([origin, { ...leader, ingress_name: 'cluster-name' }]);
  assert.ok(drawn(spans).includes('  server n2'));
});

test('of a message that only one server behind a lost one told, the way to it is shown', () => {
  assert.deepEqual(drawn(joined([last])), [
    'server (unknown) (missing)',
    '  server edge (missing)',
    '    server edge-2',
  ]);
});

test('behind a server that does not trace: the next ones report under its hop id', () => {
  // Nothing of `edge` itself; `edge-2` got the hop id that `edge` was given.
  const spans = joined([origin, leader, { ...last, hop: '2' }]);
  const expected = TREE.map((line) => line.replace(/edge$/, 'edge (missing)'));
  assert.deepEqual(drawn(spans), expected);
});

test('of two servers under one hop id the child hangs on the one that it names', () => {
  // Behind a server that does not trace: `edge-2` and `edge-3` report under the id of `edge`.
  const second = { ...last, hop: '2' };
  const third = { ...second, server_id: 'L3', server_name: 'edge-3' };
  const below = { ...last, server_id: 'L4', server_name: 'far', ingress_name: 'edge-3' };
  const spans = joined([origin, leader, second, third, below]);
  const parent = spans.find(({ name }) => name === 'server edge-3');
  assert.equal(spans.find(({ name }) => name === 'server far')?.parentSpanId, parent?.spanId);
});
