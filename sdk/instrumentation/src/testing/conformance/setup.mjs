// Given by --import: an OpenTelemetry setup that keeps what it gets, and the instrumentation.
import { NatsInstrumentation } from '@hopline/instrumentation';
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SamplingDecision,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

const spans = new InMemorySpanExporter();
/** What each span said at its start, when a sampler decides. */
const startAttributes = [];
const sampler = {
  shouldSample(...args) {
    const [, , name, , attributes] = args;
    startAttributes.push({ name, attributes: { ...attributes } });
    return { decision: SamplingDecision.RECORD_AND_SAMPLED };
  },
  toString: () => 'recording',
};
new NodeTracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor(spans)] }).register();

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
