import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attributes } from '@opentelemetry/api';
import { MeterProvider, type MetricData, MetricReader } from '@opentelemetry/sdk-metrics';
import { AggregatingMeterProducer } from './aggregating-meter.ts';

class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

function setUp() {
  const producer = new AggregatingMeterProducer();
  const reader = new PullReader({ metricProducers: [producer] });
  const sdk = new MeterProvider({ readers: [reader] });
  const read = async (scope: string): Promise<MetricData[]> => {
    const { resourceMetrics } = await reader.collect();
    const found = resourceMetrics.scopeMetrics.filter((each) => each.scope.name === scope);
    return found.flatMap(({ metrics }) => metrics);
  };
  return { lean: producer.over(sdk).getMeter('lean'), sdk: sdk.getMeter('sdk'), read };
}

const content = (metrics: MetricData[]): object[] =>
  metrics.map(({ descriptor, dataPoints, aggregationTemporality, dataPointType }) => ({
    name: descriptor.name,
    unit: descriptor.unit,
    aggregationTemporality,
    dataPointType,
    points: dataPoints.map(({ attributes, value }) => ({ attributes, value })),
  }));

test('the same measurements give the same metrics as the SDK’s instruments', async () => {
  const { lean, sdk, read } = setUp();
  const kept: Attributes = { kind: 'kept' };
  for (const meter of [lean, sdk]) {
    const counter = meter.createCounter('count', { unit: '1' });
    const boundaries = { advice: { explicitBucketBoundaries: [0.005, 1, 10] } };
    const histogram = meter.createHistogram('duration', { unit: 's', ...boundaries });
    for (let at = 0; at < 3; at += 1) counter.add(2, kept);
    counter.add(1, { kind: 'new', more: 1 });
    counter.add(1, { more: 1, kind: 'new' });
    counter.add(-5, kept);
    for (const value of [0.005, 0.0051, 1, 11, 0]) histogram.record(value, kept);
    histogram.record(3, { kind: 'other' });
  }
  assert.deepEqual(content(await read('lean')), content(await read('sdk')));
});

test('instruments of other kinds are the SDK’s', async () => {
  const { lean, read } = setUp();
  lean.createUpDownCounter('open').add(3);
  lean.createObservableGauge('level').addCallback((result) => result.observe(7));
  const values = (await read('lean')).map(({ dataPoints }) => dataPoints[0]?.value);
  assert.deepEqual(values, [3, 7]);
});

test('ever new attributes share one series in the end', async () => {
  const { lean, read } = setUp();
  const counter = lean.createCounter('count');
  for (let at = 0; at < 10_000; at += 1) counter.add(1, { at });
  const [metric] = await read('lean');
  assert.equal(metric?.dataPoints.length, 2000);
  const overflow = metric.dataPoints.find(({ attributes }) => 'otel.metric.overflow' in attributes);
  assert.equal(overflow?.value, 10_000 - 1999);
});
