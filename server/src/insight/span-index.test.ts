import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  OTHER_TRACE,
  processRow,
  publishRow,
  settleRow,
  spanId,
  spanRow,
  TRACE,
} from './rows-fixture.ts';
import { spanIndex } from './span-index.ts';

const publish = publishRow({ startMs: 0 });
const linked = processRow({
  startMs: 5,
  trace_id: OTHER_TRACE,
  parent_span_id: '',
  link_trace_ids: [TRACE],
  link_span_ids: [publish.span_id],
  link_sequences: [''],
});

test('a handler refers to its message by parent or by link', () => {
  const child = processRow({ startMs: 5 });
  assert.deepEqual(spanIndex([publish, child]).handlersOf(publish), [child]);
  assert.deepEqual(spanIndex([linked, publish]).handlersOf(publish), [linked]);
});

test('the message is found before its publish span is stored', () => {
  assert.equal(spanIndex([processRow({ startMs: 5 })]).handlersOf(publish).length, 1);
});

test('a span below an INTERNAL span does not handle that span', () => {
  const inner = spanRow({ startMs: 1, span_id: spanId(9), parent_span_id: publish.span_id });
  const below = processRow({ startMs: 5, parent_span_id: inner.span_id });
  const index = spanIndex([publish, inner, below]);
  assert.deepEqual(index.handlersOf(inner), []);
});

test('a fetched batch: each process span has its own message, the receive span adds none', () => {
  const second = publishRow({ startMs: 1, span_id: spanId(20) });
  const receive = spanRow({
    startMs: 2,
    span_id: spanId(30),
    trace_id: OTHER_TRACE,
    kind: 'CLIENT',
    operation_type: 'receive',
    stream: 'ORDERS',
    consumer: 'payment',
    link_trace_ids: [TRACE, TRACE],
    link_span_ids: [publish.span_id, second.span_id],
    link_sequences: ['1', '2'],
  });
  const child = processRow({
    startMs: 6,
    span_id: spanId(31),
    trace_id: OTHER_TRACE,
    parent_span_id: receive.span_id,
    stream: 'ORDERS',
    consumer: 'payment',
    stream_seq: '2',
  });
  const index = spanIndex([child, receive, publish, second]);
  assert.deepEqual(index.handlersOf(second), [child]);
  // Nobody handled the first one yet: only that it was received is known, with its own sequence.
  assert.deepEqual(index.handlersOf(publish), [{ ...receive, stream_seq: '1' }]);
});

test('a settlement is found by its parent, or by stream, consumer, sequence and attempt', () => {
  const position = { stream: 'ORDERS', consumer: 'payment', stream_seq: '4', delivery_count: 2 };
  const handler = processRow({ startMs: 5, ...position });
  const direct = settleRow({ startMs: 6 });
  const elsewhere = settleRow({ startMs: 7, parent_span_id: spanId(77), ...position });
  const other = settleRow({
    startMs: 7,
    parent_span_id: spanId(77),
    ...position,
    delivery_count: 1,
  });
  assert.equal(spanIndex([handler, direct]).settlementOf(handler), direct);
  assert.equal(spanIndex([handler, other, elsewhere]).settlementOf(handler), elsewhere);
  assert.equal(spanIndex([handler, other]).settlementOf(handler), undefined);
});

test('"still working" does not hide the ack before or after it', () => {
  const handler = processRow({ startMs: 5 });
  const working = settleRow({ startMs: 9, span_id: spanId(8), disposition: 'in_progress' });
  const ack = settleRow({ startMs: 6 });
  assert.equal(spanIndex([handler, ack, working]).settlementOf(handler), ack);
  assert.equal(spanIndex([handler, working]).settlementOf(handler), working);
});

test('order and duplicates of the input make no difference', () => {
  const rows = [
    publish,
    linked,
    processRow({ startMs: 9, span_id: spanId(4) }),
    settleRow({ startMs: 6 }),
  ];
  const expected = spanIndex(rows).handlersOf(publish);
  assert.equal(expected.length, 2);
  const shuffled = fc.shuffledSubarray([...rows, ...rows], { minLength: 8 });
  fc.assert(
    fc.property(shuffled, (input) => {
      assert.deepEqual(spanIndex(input).handlersOf(publish), expected);
    }),
  );
});
