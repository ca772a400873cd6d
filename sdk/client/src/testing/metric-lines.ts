import type { Meter } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

export interface MetricLines extends AsyncDisposable {
  readonly meter: Meter;
  /** What is not zero: `<metric> <values of its attributes> <value>`, sorted; `3x` for three durations. */
  collect(): Promise<string[]>;
}

/** The SDK that an application has, read as lines. */
export function metricLines(): MetricLines {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  return {
    meter: provider.getMeter('test'),
    collect: async () => {
      exporter.reset();
      await reader.forceFlush();
      return exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap(({ metrics }) => metrics)
        .flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ value, attributes }) => {
            const shown = typeof value === 'object' ? `${value.count}x` : value;
            return `${descriptor.name} ${Object.values(attributes).join(' ')} ${shown}`;
          }),
        )
        .filter((line) => !line.endsWith(' 0'))
        .sort();
    },
    [Symbol.asyncDispose]: async () => await provider.shutdown(),
  };
}
