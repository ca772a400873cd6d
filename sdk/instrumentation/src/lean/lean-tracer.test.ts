import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { leanSampler } from './lean-sampler.ts';
import { LeanTracerProvider } from './lean-tracer.ts';

const resource = resourceFromAttributes({ 'service.name': 'test' });

function setUp(name = 'parentbased_always_on', argument?: string) {
  const exporter = new InMemorySpanExporter();
  const processor = new SimpleSpanProcessor(exporter);
  const sampler = leanSampler(name, argument);
  assert.ok(sampler);
  const lean = new LeanTracerProvider({ resource, sampler, processor }).getTracer('scope', '1');
  return { exporter, lean };
}

/** Everything a backend sees of a span, but for its ids. */
function shown(span: ReadableSpan): object {
  const { name, kind, startTime, endTime, duration, status, attributes, links, events, ended } =
    span;
  const { droppedAttributesCount, instrumentationScope } = span;
  const { traceFlags } = span.spanContext();
  const scope = { name: instrumentationScope.name, version: instrumentationScope.version };
  const times = { startTime, endTime, duration, ended };
  const said = { name, kind, status, attributes, links, events, droppedAttributesCount };
  return { ...said, ...times, traceFlags, scope, resource: span.resource.attributes };
}

test('a lean span says what the same span of the SDK says', async () => {
  const { exporter, lean } = setUp();
  const sdkExporter = new InMemorySpanExporter();
  const sdk = new NodeTracerProvider({
    resource,
    spanProcessors: [new SimpleSpanProcessor(sdkExporter)],
  }).getTracer('scope', '1');
  const remote = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
  };
  const parent = trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true });
  for (const tracer of [sdk, lean]) {
    const shared = Object.freeze({ shared: 'yes', list: ['a', 'b'] });
    const link = { context: remote, attributes: { number: 1 } };
    const options = { kind: SpanKind.PRODUCER, attributes: shared, links: [link] };
    const span = tracer.startSpan('work', { ...options, startTime: 1_700_000_000_123.5 }, parent);
    assert.ok(span.isRecording());
    span.setAttribute('own', 1).setAttributes({ shared: 'changed', 'not a value': {} as never });
    span.addEvent('seen', { at: 'once' }, [1_700_000_000, 200_000_000]);
    span.recordException(
      Object.assign(new RangeError('bad'), { stack: 'here' }),
      [1_700_000_000, 3e8],
    );
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'bad' });
    span.end([1_700_000_001, 100]);
    span.setAttribute('late', true);
    span.end();
    assert.ok(!span.isRecording());
    assert.equal(span.spanContext().traceId, remote.traceId);
  }
  const [fromSdk] = sdkExporter.getFinishedSpans();
  const fromLean = exporter.getFinishedSpans();
  assert.ok(fromSdk && fromLean[0] && fromLean.length === 1);
  assert.deepEqual(shown(fromLean[0]), shown(fromSdk));
  assert.equal(fromLean[0].parentSpanContext?.spanId, remote.spanId);
  const bytes = ProtobufTraceSerializer.serializeRequest(fromLean);
  assert.ok(bytes && Buffer.from(bytes).includes('changed'));
});

test('ids are valid and never the same twice', () => {
  const { lean } = setUp('always_on');
  const spans = Array.from({ length: 1000 }, () => lean.startSpan('a', {}, ROOT_CONTEXT));
  const ids = spans.map((span) => span.spanContext());
  assert.ok(ids.every((id) => trace.isSpanContextValid(id)));
  assert.equal(new Set(ids.map((id) => id.traceId)).size, 1000);
  assert.equal(new Set(ids.map((id) => id.spanId)).size, 1000);
});

test('a ratio decides as the SDK does for the same trace id', () => {
  const { lean } = setUp('traceidratio', '0.3');
  const sdk = new TraceIdRatioBasedSampler(0.3);
  let sampled = 0;
  for (let count = 0; count < 2000; count += 1) {
    const { traceId, traceFlags } = lean.startSpan('a', {}, ROOT_CONTEXT).spanContext();
    assert.equal(traceFlags === 1, sdk.shouldSample(ROOT_CONTEXT, traceId).decision === 2);
    sampled += traceFlags;
  }
  assert.ok(sampled > 450 && sampled < 750, `${sampled} of 2000`);
});

test('a parent decides, and what is not sampled stays the context it was', () => {
  const { exporter, lean } = setUp('parentbased_always_on');
  const remote = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
  const dropped = trace.setSpanContext(ROOT_CONTEXT, { ...remote, traceFlags: 0 });
  const span = lean.startSpan('a', {}, dropped);
  span.end();
  assert.equal(span, trace.getSpan(dropped));
  assert.equal(exporter.getFinishedSpans().length, 0);
  const root = lean.startSpan('b', { root: true }, dropped);
  assert.notEqual(root.spanContext().traceId, remote.traceId);
  const suppressed = lean.startSpan('c', {}, suppressTracing(ROOT_CONTEXT));
  assert.ok(!trace.isSpanContextValid(suppressed.spanContext()));
});

test('names that the specification does not know are the SDK’s to judge', () => {
  assert.equal(leanSampler('jaeger_remote', undefined), undefined);
  assert.equal(leanSampler('traceidratio', 'much'), undefined);
});
