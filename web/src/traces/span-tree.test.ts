import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hop, Span, TraceResponse } from '@hopline/model/api';
import { buildSpanTree, type Row } from './span-tree.ts';

const TRACE = 'a'.repeat(32);
const START_NS = 1_700_000_000_000_000_000n;
const id = (number: number): string => number.toString(16).padStart(16, '0');

function span(
  number: number,
  options: Partial<Span> & { startMs?: number; ms?: number } = {},
): Span {
  const { startMs = 0, ms = 1, ...rest } = options;
  return {
    traceId: TRACE,
    spanId: id(number),
    parentSpanId: null,
    name: `span ${number}`,
    kind: 'INTERNAL',
    service: 'one',
    instance: '',
    start: String(START_NS + BigInt(startMs * 1e6)),
    duration: String(BigInt(ms * 1e6)),
    status: 'UNSET',
    statusMessage: '',
    scope: '',
    attributes: {},
    resource: {},
    events: [],
    links: [],
    ...rest,
  };
}

function hop(spanNumber: number, startMs: number): Hop {
  return {
    traceId: TRACE,
    spanId: id(spanNumber),
    server: 'n1',
    serverId: 'N1',
    cluster: '',
    domain: '',
    version: '2.15.1',
    hop: '',
    expects: [],
    ingressKind: 'client',
    ingressName: '',
    account: '',
    subject: 'orders.created',
    sizeBytes: 1,
    time: String(START_NS + BigInt(startMs * 1e6)),
    error: '',
    stream: '',
    storeTime: null,
    storeError: '',
    changes: [],
    egresses: [],
  };
}

const trace = (spans: Span[], hops: Hop[] = []): TraceResponse => ({
  traceId: TRACE,
  start: String(START_NS),
  duration: '0',
  spans,
  logs: [],
  hops,
  serverSpans: [],
  missingHops: [],
  advisories: [],
  messageIds: [],
  truncated: false,
});

const shape = (rows: readonly Row[]): string[] =>
  rows.map(({ item, depth }) => {
    const name = item.kind === 'span' ? Number.parseInt(item.span.spanId, 16) : item.hop.server;
    return `${'  '.repeat(depth)}${name}`;
  });

test('children stand below their parent in order of their start, whatever order they came in', () => {
  const tree = buildSpanTree(
    trace([
      span(4, { parentSpanId: id(2), startMs: 6 }),
      span(3, { parentSpanId: id(1), startMs: 9 }),
      span(2, { parentSpanId: id(1), startMs: 5 }),
      span(1, { ms: 20 }),
    ]),
  );
  assert.deepEqual(shape(tree.rows), ['1', '  2', '    4', '  3']);
  assert.deepEqual(
    tree.rows.map((row) => row.descendants),
    [3, 1, 0, 0],
  );
});

test('a consumer that starts long after its parent ended keeps its place in time and in the tree', () => {
  const tree = buildSpanTree(
    trace([span(1, { ms: 2 }), span(2, { parentSpanId: id(1), startMs: 3_600_000, ms: 5 })]),
  );
  assert.deepEqual(shape(tree.rows), ['1', '  2']);
  assert.equal(tree.rows[1]?.startMs, 3_600_000);
  assert.equal(tree.durationMs, 3_600_005);
});

test('a span that only links hangs under what it links to and is found from there', () => {
  const link = { traceId: TRACE, spanId: id(1), attributes: {} };
  const tree = buildSpanTree(
    trace([span(1), span(2, { traceId: 'b'.repeat(32), links: [link], startMs: 4 })]),
  );
  assert.deepEqual(shape(tree.rows), ['1', '  2']);
  assert.equal(tree.rows[1]?.attachment, 'link');
  assert.deepEqual(tree.linkedFrom.get(`${TRACE}-${id(1)}`), [`${'b'.repeat(32)}-${id(2)}`]);
});

test('a missing parent makes a root that says so', () => {
  const tree = buildSpanTree(trace([span(1), span(2, { parentSpanId: id(9), startMs: 1 })]));
  assert.deepEqual(shape(tree.rows), ['1', '2']);
  assert.deepEqual(
    tree.rows.map((row) => row.attachment),
    ['root', 'missing parent'],
  );
});

test('parents that run in a circle end the walk and lose no span', () => {
  const tree = buildSpanTree(
    trace([
      span(1),
      span(2, { parentSpanId: id(4), startMs: 1 }),
      span(3, { parentSpanId: id(2), startMs: 2 }),
      span(4, { parentSpanId: id(3), startMs: 3 }),
      span(5, { parentSpanId: id(5), startMs: 4 }),
    ]),
  );
  assert.equal(tree.rows.length, 5);
  assert.equal(tree.indexOf.size, 5);
});

test('servers stand under the publish span, before what the message caused', () => {
  const tree = buildSpanTree(
    trace([span(1), span(2, { parentSpanId: id(1), startMs: 2 })], [hop(1, 1), hop(7, 0.5)]),
  );
  assert.deepEqual(shape(tree.rows), ['1', '  n1', '  2', 'n1']);
});

test('an error below is known above', () => {
  const tree = buildSpanTree(
    trace([
      span(1),
      span(2, { parentSpanId: id(1) }),
      span(3, { parentSpanId: id(2), status: 'ERROR' }),
    ]),
  );
  assert.deepEqual(
    tree.rows.map((row) => row.hasErrorBelow),
    [true, true, false],
  );
});

test('times keep their nanoseconds', () => {
  const tree = buildSpanTree(
    trace([span(1), span(2, { start: String(START_NS + 1_234_567n), duration: '89' })]),
  );
  assert.equal(tree.rows[1]?.startMs, 1.234567);
  assert.equal(tree.rows[1]?.durationMs, 0.000089);
});

test('a chain of 10,000 spans does not overflow the stack, nor does a fan of as many', () => {
  const many = 10_000;
  const chain = Array.from({ length: many }, (_, index) =>
    span(index + 1, { parentSpanId: index === 0 ? null : id(index), startMs: index }),
  );
  const fan = Array.from({ length: many }, (_, index) =>
    span(index + 1, { parentSpanId: index === 0 ? null : id(1), startMs: index }),
  );
  assert.equal(buildSpanTree(trace(chain)).rows.at(-1)?.depth, many - 1);
  const fanned = buildSpanTree(trace(fan));
  assert.equal(fanned.rows[0]?.descendants, many - 1);
  assert.equal(fanned.rows.at(-1)?.depth, 1);
});

test('an empty trace is an empty tree', () => {
  const tree = buildSpanTree(trace([]));
  assert.deepEqual([tree.rows.length, tree.durationMs], [0, 0]);
});
