import { startNats } from '@hopline/testkit';
import type { NatsConnection } from '@nats-io/nats-core';
import { metrics, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { NatsInstrumentation } from '../nats-instrumentation.ts';

/** One process has one set of globals, so a test file calls this once. */
export interface TracedClients extends AsyncDisposable {
  url: string;
  nc: NatsConnection;
  nats: typeof import('@nats-io/transport-node');
  jetStream: typeof import('@nats-io/jetstream');
  instrumentation: NatsInstrumentation;
  spans: SpanLog;
  metricNames(): Promise<Map<string, MetricPoint[]>>;
}

export interface MetricPoint {
  unit: string;
  attributes: Record<string, unknown>;
  /** Count of a histogram, value of a counter. */
  value: number;
  /** Of a histogram. */
  sum: number | undefined;
  boundaries: number[] | undefined;
}

/** Finished spans of the process. */
export class SpanLog {
  readonly #exporter: InMemorySpanExporter;

  constructor(exporter: InMemorySpanExporter) {
    this.#exporter = exporter;
  }

  all(): ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  clear(): void {
    this.#exporter.reset();
  }

  names(): string[] {
    return this.all()
      .map((span) => span.name)
      .sort();
  }

  /** The only span of this name. */
  one(name: string): ReadableSpan {
    const found = this.all().filter((span) => span.name === name);
    const [span] = found;
    if (!span || found.length > 1) {
      throw new Error(
        `wanted one span ${name}, found ${found.length} in ${this.names().join(', ')}`,
      );
    }
    return span;
  }
}

export function parentOf(span: ReadableSpan): string | undefined {
  return span.parentSpanContext?.spanId;
}

export function linkIds(span: ReadableSpan): string[] {
  return span.links.map((link) => link.context.spanId);
}

export const idOf = (span: ReadableSpan): string => span.spanContext().spanId;

export const activeName = (): string | undefined =>
  (trace.getActiveSpan() as (ReadableSpan & object) | undefined)?.name;

/** A real server, and the real clients loaded after the instrumentation. */
export async function tracedClients(options: { sampler?: Sampler } = {}): Promise<TracedClients> {
  await using stack = new AsyncDisposableStack();
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
    ...options,
  });
  provider.register();
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  const instrumentation = new NatsInstrumentation();
  const nats = await import('@nats-io/transport-node');
  const jetStream = await import('@nats-io/jetstream');
  const server = stack.use(await startNats());
  const nc = await nats.connect({ servers: server.url, name: 'tester' });
  stack.defer(() => nc.close());
  const kept = stack.move();
  return {
    url: server.url,
    nc,
    nats,
    jetStream,
    instrumentation,
    spans: new SpanLog(exporter),
    async metricNames() {
      await reader.forceFlush();
      return latestPoints(metricExporter);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function latestPoints(exporter: InMemoryMetricExporter): Map<string, MetricPoint[]> {
  const latest = exporter.getMetrics().at(-1);
  const entries = (latest?.scopeMetrics ?? []).flatMap((scope) =>
    scope.metrics.map((metric): [string, MetricPoint[]] => [
      metric.descriptor.name,
      metric.dataPoints.map((point) => {
        const { value } = point;
        const histogram = typeof value === 'object' && 'buckets' in value ? value : undefined;
        return {
          unit: metric.descriptor.unit,
          attributes: point.attributes,
          value: histogram ? histogram.count : Number(value),
          sum: histogram?.sum,
          boundaries: histogram?.buckets.boundaries,
        };
      }),
    ]),
  );
  return new Map(entries);
}
