import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { messageId, parseMessageId, parseSpanId, parseTraceId, parseTraceparent } from './ids.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('trace and span ids are lower-cased and never all zero', () => {
  assert.equal(parseTraceId(TRACE.toUpperCase()), TRACE);
  assert.equal(parseSpanId(` ${SPAN}\n`), SPAN);
  assert.equal(parseTraceId('0'.repeat(32)), null);
  assert.equal(parseSpanId('0'.repeat(16)), null);
  assert.equal(parseTraceId(TRACE.slice(1)), null);
  assert.equal(parseTraceId(`${TRACE.slice(1)}g`), null);
});

test('a message id is read back as it was made', () => {
  const traceId = parseTraceId(TRACE)!;
  const spanId = parseSpanId(SPAN)!;
  assert.deepEqual(parseMessageId(messageId(traceId, spanId)), { traceId, spanId });
  assert.equal(parseMessageId(TRACE), null);
  assert.equal(parseMessageId(`${TRACE}-${SPAN}-01`), null);
});

test('traceparent: version 00, later versions, flags, refusals', () => {
  const f = (value: string, expected: boolean | null) => {
    const parsed = parseTraceparent(value);
    assert.equal(parsed ? parsed.sampled : null, expected, value);
  };
  f(`00-${TRACE}-${SPAN}-01`, true);
  f(`00-${TRACE}-${SPAN}-00`, false);
  f(`00-${TRACE.toUpperCase()}-${SPAN}-03`, true);
  f(`cc-${TRACE}-${SPAN}-01-what-comes-later`, true);
  f(`ff-${TRACE}-${SPAN}-01`, null);
  f(`00-${'0'.repeat(32)}-${SPAN}-01`, null);
  f(`00-${TRACE}-${'0'.repeat(16)}-01`, null);
  f(`00-${TRACE}-${SPAN}`, null);
  f(`00-${TRACE}-${SPAN}-1`, null);
  f('', null);
});

test('traceparent never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseTraceparent(text)));
});
