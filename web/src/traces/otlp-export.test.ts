import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Span, TraceResponse } from '@hopline/model/api';
import { otlpOf } from './otlp-export.ts';

const span = (spanId: string, service: string, more: Partial<Span> = {}): Span => ({
  traceId: 'a'.repeat(32),
  spanId: spanId.repeat(16),
  parentSpanId: null,
  name: 'publish orders',
  kind: 'PRODUCER',
  service,
  instance: '',
  start: '1700000000000000000',
  duration: '2500',
  status: 'ERROR',
  statusMessage: 'no',
  scope: 'nats',
  attributes: { 'messaging.destination.name': 'orders' },
  resource: { 'host.name': 'one' },
  events: [],
  links: [{ traceId: 'b'.repeat(32), spanId: 'c'.repeat(16), attributes: {} }],
  ...more,
});

/** What of OTLP/JSON is looked at. */
interface Group {
  resource: { attributes: object[] };
  scopeSpans: {
    scope: { name: string };
    spans: { kind: number; endTimeUnixNano: string; status: object; links: { spanId: string }[] }[];
  }[];
}

test('spans are grouped by who sent them, with the numbers and times of OTLP', () => {
  const trace = {
    spans: [span('1', 'gateway'), span('2', 'payment'), span('3', 'gateway', { scope: 'http' })],
    serverSpans: [span('4', 'nats-server')],
  } as unknown as TraceResponse;
  const { resourceSpans } = otlpOf(trace) as { resourceSpans: Group[] };
  assert.equal(resourceSpans.length, 3);
  const gateway = resourceSpans[0]!;
  assert.deepEqual(gateway.resource.attributes, [
    { key: 'host.name', value: { stringValue: 'one' } },
    { key: 'service.name', value: { stringValue: 'gateway' } },
  ]);
  assert.deepEqual(
    gateway.scopeSpans.map((scope) => [scope.scope.name, scope.spans.length]),
    [
      ['nats', 1],
      ['http', 1],
    ],
  );
  const first = gateway.scopeSpans[0]!.spans[0]!;
  assert.equal(first.kind, 4);
  assert.equal(first.endTimeUnixNano, '1700000000000002500');
  assert.deepEqual(first.status, { code: 2, message: 'no' });
  assert.equal(first.links[0]!.spanId, 'c'.repeat(16));
});
