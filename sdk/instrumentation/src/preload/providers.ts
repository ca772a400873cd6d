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

interface FlushableProvider {
  forceFlush(): Promise<void>;
}

export function tracePipeline(
  config: PreloadConfig,
  resource: Resource,
): SignalPipeline<NodeTracerProvider> {
  const { exporter, sender } = exportTo(config, 'traces', ProtobufTraceSerializer);
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(exporter, batching(config))],
  });
  return pipeline(provider, sender);
}

export function metricPipeline(
  config: PreloadConfig,
  resource: Resource,
): SignalPipeline<MeterProvider> {
  const { exporter, sender } = exportTo(config, 'metrics', ProtobufMetricsSerializer);
  const provider = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: config.metricIntervalMs,
        exportTimeoutMillis: config.metricIntervalMs,
      }),
    ],
  });
  return pipeline(provider, sender);
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
