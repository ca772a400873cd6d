import type { MeterProvider as ApiMeterProvider, TracerProvider } from '@opentelemetry/api';
import {
  type ISerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { Resource } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { AggregatingMeterProducer } from '../lean/aggregating-meter.ts';
import { leanSampler } from '../lean/lean-sampler.ts';
import { LeanTracerProvider } from '../lean/lean-tracer.ts';
import type { OtlpSignal } from './otlp-endpoint.ts';
import { OtlpExporter } from './otlp-exporter.ts';
import { OtlpConnection } from './otlp-request.ts';
import { OtlpSender } from './otlp-sender.ts';
import type { PreloadConfig } from './preload-config.ts';

/** One signal's provider, and how to send what it still holds. */
export interface SignalPipeline<Provider> {
  provider: Provider;
  flush(): Promise<void>;
}

export interface TracePipeline extends SignalPipeline<NodeTracerProvider> {
  /** For the spans of messages: their cost is what a tight loop of an application pays. */
  messages: TracerProvider;
}

export interface MetricPipeline extends SignalPipeline<MeterProvider> {
  /** For the metrics of messages. */
  messages: ApiMeterProvider;
}

interface FlushableProvider {
  forceFlush(): Promise<void>;
}

export function tracePipeline(config: PreloadConfig, resource: Resource): TracePipeline {
  const { exporter, sender } = exportTo(config, 'traces', ProtobufTraceSerializer);
  const processor = new BatchSpanProcessor(exporter, batching(config));
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  const sampler = leanSampler(config.sampler.name, config.sampler.argument);
  const messages =
    sampler && !config.limitsSpans
      ? new LeanTracerProvider({ resource, sampler, processor })
      : provider;
  return { ...pipeline(provider, sender), messages };
}

export function metricPipeline(config: PreloadConfig, resource: Resource): MetricPipeline {
  const { exporter, sender } = exportTo(config, 'metrics', ProtobufMetricsSerializer);
  const aggregating = new AggregatingMeterProducer();
  const provider = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: config.metricIntervalMs,
        exportTimeoutMillis: config.metricIntervalMs,
        metricProducers: [aggregating],
      }),
    ],
  });
  return { ...pipeline(provider, sender), messages: aggregating.over(provider) };
}

export function logPipeline(
  config: PreloadConfig,
  resource: Resource,
): SignalPipeline<LoggerProvider> {
  const { exporter, sender } = exportTo(config, 'logs', ProtobufLogsSerializer);
  const provider = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter, ...batching(config) })],
  });
  return pipeline(provider, sender);
}

function batching(config: PreloadConfig) {
  return {
    scheduledDelayMillis: config.scheduleDelayMs,
    maxQueueSize: config.queueItems,
    maxExportBatchSize: config.batchItems,
  };
}

function exportTo<Items>(
  config: PreloadConfig,
  signal: OtlpSignal,
  serializer: ISerializer<Items, unknown>,
): { exporter: OtlpExporter<Items>; sender: OtlpSender } {
  const connection = new OtlpConnection(config.endpoints[signal], config.exportTimeoutMs);
  const sender = new OtlpSender({
    name: `OTLP ${signal}`,
    queueBytes: config.queueBytes,
    send: (body) => connection.send(body),
  });
  return { exporter: new OtlpExporter(serializer, sender), sender };
}

/** The SDK's flush hands the last items to the sender; the sender's sends them. */
function pipeline<Provider extends FlushableProvider>(
  provider: Provider,
  sender: OtlpSender,
): SignalPipeline<Provider> {
  return {
    provider,
    async flush() {
      await provider.forceFlush();
      await sender.flush();
    },
  };
}
