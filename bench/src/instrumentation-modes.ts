import { NatsInstrumentation } from '@hopline/instrumentation';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type ReadableSpan,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { AggregatingMeterProducer } from '../../sdk/instrumentation/src/lean/aggregating-meter.ts';
import { leanSampler } from '../../sdk/instrumentation/src/lean/lean-sampler.ts';
import { LeanTracerProvider } from '../../sdk/instrumentation/src/lean/lean-tracer.ts';

/** How a child process is instrumented, in the order of the report's columns. */
export const MODES = [
  'plain',
  'header alone',
  'header alone 1 %',
  'no SDK',
  '0 %',
  '1 %',
  '100 %',
  'SDK 0 %',
  'SDK 1 %',
  'SDK 100 %',
  'OTLP 100 %',
] as const;
export type Mode = (typeof MODES)[number];

/** Modes of the client without instrumentation, for what a header costs whoever writes it. */
export function isHeaderAlone(mode: Mode): boolean {
  return mode.startsWith('header alone');
}

/** Sampled messages of a thousand. */
export const SAMPLED_PER_MILLE: Record<Mode, number> = {
  plain: 0,
  'header alone': 1000,
  'header alone 1 %': 10,
  'no SDK': 0,
  '0 %': 0,
  '1 %': 10,
  '100 %': 1000,
  'SDK 0 %': 0,
  'SDK 1 %': 10,
  'SDK 100 %': 1000,
  'OTLP 100 %': 1000,
};

const RESOURCE = resourceFromAttributes({ 'service.name': 'bench' });
/** As in the preload. */
const METRIC_INTERVAL_MS = 5000;
const QUEUE_SPANS = 8192;

/** Spans that reached the exporter of this process. */
export const exported = { spans: 0 };

class SinkSpanExporter implements SpanExporter {
  export(spans: ReadableSpan[], done: (result: { code: number }) => void): void {
    exported.spans += spans.length;
    done({ code: 0 });
  }
  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

const sinkMetricExporter: PushMetricExporter = {
  export: (_metrics, done) => done({ code: 0 }),
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
  selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
};

/** Instruments this process; to be called before the NATS client is loaded. */
export async function enter(mode: Mode): Promise<void> {
  if (mode === 'plain' || isHeaderAlone(mode)) return;
  // The preload as users have it; the parent says by OTEL_* where its data goes.
  if (mode === 'OTLP 100 %') await import('@hopline/instrumentation/register');
  else if (mode === 'no SDK')
    registerInstrumentations({ instrumentations: [new NatsInstrumentation()] });
  else enterWithSinks(SAMPLED_PER_MILLE[mode] / 1000, !mode.startsWith('SDK'));
}

/** `lean`: with the preload's own tracer and meters, else with the SDK's. */
function enterWithSinks(ratio: number, lean: boolean): void {
  const processor = new BatchSpanProcessor(new SinkSpanExporter(), { maxQueueSize: QUEUE_SPANS });
  const producer = new AggregatingMeterProducer();
  const sdk = {
    tracerProvider: new NodeTracerProvider({
      resource: RESOURCE,
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      spanProcessors: [processor],
    }),
    meterProvider: new MeterProvider({
      resource: RESOURCE,
      readers: [
        new PeriodicExportingMetricReader({
          exporter: sinkMetricExporter,
          exportIntervalMillis: METRIC_INTERVAL_MS,
          metricProducers: [producer],
        }),
      ],
    }),
  };
  sdk.tracerProvider.register();
  const sampler = leanSampler('parentbased_traceidratio', String(ratio));
  if (!sampler) throw new Error(`cannot sample at ${ratio}`);
  const providers = {
    tracerProvider: new LeanTracerProvider({ resource: RESOURCE, sampler, processor }),
    meterProvider: producer.over(sdk.meterProvider),
  };
  registerInstrumentations({
    instrumentations: [new NatsInstrumentation()],
    ...(lean ? providers : sdk),
  });
}

/** What the preload reads; it counts only in the mode that loads it. */
export function preloadEnvironment(otlpUrl: string): NodeJS.ProcessEnv {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
    OTEL_SERVICE_NAME: 'bench',
    OTEL_TRACES_SAMPLER: 'parentbased_always_on',
    OTEL_LOGS_EXPORTER: 'none',
  };
}
