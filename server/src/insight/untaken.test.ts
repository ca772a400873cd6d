import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamProgressRow, UnhandledRow } from '../store/store.ts';
import { untaken } from './untaken.ts';

/** Ten messages in each of three steps: 1–10, 11–20, 21–30. */
const flow = (columns: Partial<UnhandledRow> = {}): UnhandledRow => ({
  producer: 'shop',
  subject_pattern: 'orders.*.placed',
  stream: 'ORDERS',
  messages: '30',
  refused: '0',
  stored: [
    ['10', '1', '10'],
    ['10', '11', '20'],
    ['10', '21', '30'],
  ],
  ...columns,
});

type Reports = [step: number, sequence: number][];

const progress = (
  reports: Reports,
  columns: Partial<StreamProgressRow> = {},
): StreamProgressRow => ({
  account: 'A',
  domain: '',
  stream: 'ORDERS',
  consumer: '',
  subjects: [],
  retention: 'limits',
  steps: reports.map(([step]) => step),
  sequences: reports.map(([, sequence]) => String(sequence)),
  ...columns,
});
const consumer = (reports: Reports, columns: Partial<StreamProgressRow> = {}) =>
  progress(reports, { consumer: 'packer', subjects: ['orders.>'], ...columns });

test('what left the stream with every ack floor before it has expired, the rest has not', () => {
  const stream = progress([
    [1, 1],
    [5, 21],
  ]);
  assert.deepEqual(untaken(flow(), [stream]), { expired: 20, acked: 0 }, 'without a consumer');
  const behind = consumer([
    [1, 0],
    [5, 0],
  ]);
  assert.deepEqual(untaken(flow(), [stream, behind]), { expired: 20, acked: 0 });
  const still = progress([[5, 1]]);
  assert.deepEqual(untaken(flow(), [still, behind]), { expired: 0, acked: 0 });
  assert.deepEqual(untaken(flow(), []), { expired: 0, acked: 0 }, 'no report, no verdict');
});

test('what an ack floor passed while it was stored was acknowledged, also when it leaves later', () => {
  const reports: Reports = [
    [1, 0],
    [2, 20],
    [9, 20],
  ];
  const stream = progress([
    [1, 1],
    [2, 1],
    [9, 31],
  ]);
  assert.deepEqual(untaken(flow(), [stream, consumer(reports)]), { expired: 10, acked: 20 });
  const deaf = consumer(reports, { subjects: ['invoices.>'] });
  assert.deepEqual(untaken(flow(), [stream, deaf]), { expired: 30, acked: 0 }, 'not its subject');
  // A narrower filter may have been given them or not: neither verdict.
  const some = consumer(reports, { subjects: ['orders.eu.placed'] });
  assert.deepEqual(untaken(flow(), [stream, some]), { expired: 10, acked: 0 });
});

test('between two reports it left and the ack floor passed it: neither verdict', () => {
  const stream = progress([
    [1, 1],
    [5, 31],
  ]);
  const jumped = consumer([
    [1, 0],
    [5, 30],
  ]);
  assert.deepEqual(untaken(flow(), [stream, jumped]), { expired: 0, acked: 0 });
  // The same sweep, on the other side of a border between steps.
  const late = consumer([
    [1, 0],
    [6, 30],
  ]);
  assert.deepEqual(untaken(flow(), [stream, late]), { expired: 0, acked: 0 });
  // Acks alone take messages out of a work queue.
  const queue = { ...stream, retention: 'workqueue' };
  assert.deepEqual(untaken(flow(), [queue, jumped]), { expired: 0, acked: 30 });
});

test('a consumer that was made later, or deleted before, acknowledged nothing', () => {
  const stream = progress([
    [1, 1],
    [5, 31],
  ]);
  const later = consumer([[40, 35]]);
  const deleted = consumer([[1, 0]]);
  assert.deepEqual(untaken(flow(), [stream, later, deleted]), { expired: 30, acked: 0 });
});

test('where the stream begins within a step, as many are gone as do not fit in behind', () => {
  const stream = progress([
    [1, 1],
    [5, 16],
  ]);
  assert.equal(untaken(flow(), [stream]).expired, 15);
  const sparse = flow({ stored: [['4', '11', '20']] });
  assert.equal(untaken(sparse, [stream]).expired, 0, 'all four may lie behind');
});

test('a name that several streams have says nothing; nor does another stream', () => {
  const gone: Reports = [[5, 31]];
  const twins = [progress(gone), progress(gone, { account: 'B' })];
  assert.deepEqual(untaken(flow(), twins), { expired: 0, acked: 0 });
  assert.deepEqual(untaken(flow(), [progress(gone, { stream: 'OTHER' })]), {
    expired: 0,
    acked: 0,
  });
});
