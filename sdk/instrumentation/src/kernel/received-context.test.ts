import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContextKey, isSpanContextValid, trace } from '@opentelemetry/api';
import { ReceivedContext } from './received-context.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const read = (): ReceivedContext => {
  const received = ReceivedContext.read(Buffer.from(`${TRACE_ID}-${SPAN_ID}-00`), 0);
  assert.ok(received);
  return received;
};

test('one object is the span context, the span and the context around it', () => {
  const received = read();
  assert.equal(trace.getSpan(received), received);
  assert.equal(trace.getSpanContext(received), received);
  assert.ok(isSpanContextValid(received));
  assert.deepEqual(JSON.parse(JSON.stringify(received)), {
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    traceFlags: 0,
  });
  assert.equal(received.isRemote, true);
});

test('as a context it keeps what is set on it, and its span until that is deleted', () => {
  const received = read();
  const key = createContextKey('tenant');
  const changed = received.setValue(key, 'a');
  assert.equal(changed.getValue(key), 'a');
  assert.equal(trace.getSpan(changed), received);
  assert.equal(received.getValue(key), undefined);
  assert.equal(trace.getSpan(trace.deleteSpan(received)), undefined);
  assert.equal(received.deleteValue(key), received);
});

test('as a span it records nothing and fails nothing', () => {
  const received = read();
  received.setAttribute().setAttributes().addEvent().addLink().addLinks();
  received.setStatus().updateName().recordException();
  received.end();
  assert.equal(received.isRecording(), false);
  assert.equal(received.spanContext(), received);
});
