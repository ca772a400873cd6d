import assert from 'node:assert/strict';
import test from 'node:test';
import { causeOf, publishedWhile } from './causes.ts';
import { OTHER_TRACE, processRow, publishRow, spanId, spanRow, TRACE } from './rows-fixture.ts';
import { spanIndex, spanKey } from './span-index.ts';

const first = publishRow({ startMs: 0 });
const handler = processRow({ startMs: 2 });
const inner = spanRow({ startMs: 3, span_id: spanId(4), parent_span_id: handler.span_id });
const second = publishRow({ startMs: 4, span_id: spanId(5), parent_span_id: inner.span_id });
const reply = publishRow({
  startMs: 5,
  span_id: spanId(6),
  parent_span_id: handler.span_id,
  subject: '_INBOX.abc.1',
});

test('a message is caused by the one whose handler it was published in', () => {
  const index = spanIndex([second, inner, handler, first, reply]);
  assert.equal(causeOf(index, second), spanKey(first));
  assert.equal(causeOf(index, first), null);
  assert.deepEqual(publishedWhile(index, [handler]), [second]);
});

test('a handler with a trace of its own: the cause is what it links to', () => {
  const own = { trace_id: OTHER_TRACE };
  const linked = processRow({
    ...own,
    startMs: 2,
    parent_span_id: '',
    link_trace_ids: [OTHER_TRACE, TRACE],
    link_span_ids: [spanId(90), first.span_id],
    link_sequences: ['', ''],
  });
  // A fetched message also links to its receive span.
  const receive = spanRow({ ...own, startMs: 1, span_id: spanId(90), operation_type: 'receive' });
  const published = publishRow({
    ...own,
    startMs: 4,
    span_id: spanId(5),
    parent_span_id: linked.span_id,
  });
  assert.equal(causeOf(spanIndex([receive, linked, published]), published), spanKey(first));
});

test('parents in a circle end the search', () => {
  const a = spanRow({ startMs: 0, span_id: spanId(1), parent_span_id: spanId(2) });
  const b = spanRow({ startMs: 0, span_id: spanId(2), parent_span_id: spanId(1) });
  assert.equal(causeOf(spanIndex([a, b]), a), null);
});
