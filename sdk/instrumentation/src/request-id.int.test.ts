import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { startNats } from '@hopline/testkit';
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { requestIdOf, withRequestId } from './propagation/request-id.ts';
import { RequestIdPropagator } from './propagation/request-id-propagator.ts';
import { OtlpReceiver } from './testing/otlp-receiver.ts';
import { runPreloaded } from './testing/preloaded-app.ts';

const APP = join(import.meta.dirname, 'testing/apps/request-id.mjs');

test('X-Trace-ID of a request without traceparent is on its logs, messages and requests', async () => {
  await using nats = await startNats();
  await using receiver = await OtlpReceiver.start();
  const output = await runPreloaded(APP, { NATS_URL: nats.url, endpoint: receiver.url });
  const lines = output.split('\n');
  for (const line of ['first', 'second', 'further']) {
    assert.ok(lines.includes(`${line}: order-4711`), `${line} in ${output}`);
  }
  for (const line of ['own: my-own', 'without: none', 'further without: none']) {
    assert.ok(lines.includes(line), `${line} in ${output}`);
  }
  const records = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const idsOf = (text: string) =>
    records.filter(({ msg, message }) => (msg ?? message) === text).map((each) => each.x_trace_id);
  for (const text of ['pino in callback', 'winston in callback', 'pino in loop']) {
    assert.deepEqual(idsOf(text), ['order-4711'], text);
  }
  assert.deepEqual(idsOf('pino in request'), ['order-4711', undefined]);
  assert.deepEqual(idsOf('pino without'), [undefined]);
  for (const body of ['pino in callback', 'winston in callback', 'console in callback']) {
    const sent = receiver.logs.filter((log) => log.body === body);
    assert.deepEqual(
      sent.map((log) => log.attributes.x_trace_id),
      ['order-4711'],
      body,
    );
    assert.ok(sent[0]?.traceId, 'beside the trace id, not in its place');
  }
});

suite('the propagator', () => {
  const propagator = new RequestIdPropagator(new W3CTraceContextPropagator());
  const extract = (headers: Record<string, string>) =>
    requestIdOf(propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter));

  test('carries what can be carried, and nothing else', () => {
    assert.equal(extract({ 'x-trace-id': 'a-1' }), 'a-1');
    assert.equal(extract({}), undefined);
    for (const bad of ['', 'a b', 'a\r\nEvil: 1', 'ü', 'x'.repeat(129)]) {
      assert.equal(extract({ 'x-trace-id': bad }), undefined, JSON.stringify(bad));
    }
  });

  test('adds a header of its own and leaves baggage and context to the others', () => {
    const carrier: Record<string, string> = {};
    const baggage = propagation.createBaggage({ tenant: { value: 'blue' } });
    const context = withRequestId(propagation.setBaggage(ROOT_CONTEXT, baggage), 'a-1');
    propagator.inject(context, carrier, defaultTextMapSetter);
    assert.deepEqual(carrier, { 'X-Trace-ID': 'a-1' });
    assert.deepEqual(propagator.fields(), ['traceparent', 'tracestate', 'x-trace-id']);
  });
});
