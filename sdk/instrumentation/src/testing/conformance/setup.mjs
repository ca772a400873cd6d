// Given by --import: an OpenTelemetry setup that keeps what it gets, and the instrumentation.
import { NatsInstrumentation } from '@hopline/instrumentation';
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

const line = process.env.OTEL_SDK_LINE === '3' ? './sdk3.mjs' : './sdk2.mjs';
const { SAMPLED, traceWith } = await import(line);

/** What each span said at its start, when a sampler decides. */
const startAttributes = [];
const sampler = {
  shouldSample(...args) {
    const [, , name, , attributes] = args;
    startAttributes.push({ name, attributes: { ...attributes } });
    return { decision: SAMPLED };
  },
  toString: () => 'recording',
};
const spans = traceWith(sampler);

const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: metricExporter });
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

globalThis.conformance = {
  instrumentation: new NatsInstrumentation(),
  spans,
  startAttributes,
  /** Sums by metric name, of messages only: those of connections count bytes and dials. */
  async counts() {
    await reader.forceFlush();
    const latest = metricExporter.getMetrics().at(-1);
    const sums = {};
    for (const { metrics: inScope } of latest?.scopeMetrics ?? []) {
      for (const { descriptor, dataPoints } of inScope) {
        if (!descriptor.name.startsWith('messaging.')) continue;
        const values = dataPoints.map(({ value }) => value.count ?? value);
        sums[descriptor.name] = values.reduce((sum, value) => sum + value, 0);
      }
    }
    return sums;
  },
};
