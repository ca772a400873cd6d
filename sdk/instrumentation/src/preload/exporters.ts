import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { Resource } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { exportAgent } from './export-agent.ts';
import type { PreloadConfig } from './preload-config.ts';

/** The part of a provider that the end of the process needs. */
export interface Flushable {
  forceFlush(): Promise<void>;
}

export function tracerProvider(config: PreloadConfig, resource: Resource): NodeTracerProvider {
  const exporter = new OTLPTraceExporter(exporterOptions(config));
  return new NodeTracerProvider({
    resource,
    spanProcessors: [
      new BatchSpanProcessor(exporter, {
        scheduledDelayMillis: config.scheduleDelayMs,
        maxQueueSize: config.queueItems,
        maxExportBatchSize: config.batchItems,
        exportTimeoutMillis: config.exportTimeoutMs,
      }),
    ],
  });
}

export function meterProvider(config: PreloadConfig, resource: Resource): MeterProvider {
  return new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(exporterOptions(config)),
        exportIntervalMillis: config.metricIntervalMs,
        exportTimeoutMillis: Math.min(config.exportTimeoutMs, config.metricIntervalMs),
      }),
    ],
  });
}

export function loggerProvider(config: PreloadConfig, resource: Resource): LoggerProvider {
  const exporter = new OTLPLogExporter(exporterOptions(config));
  return new LoggerProvider({
    resource,
    processors: [
      new BatchLogRecordProcessor({
        exporter,
        scheduledDelayMillis: config.scheduleDelayMs,
        maxQueueSize: config.queueItems,
        maxExportBatchSize: config.batchItems,
        exportTimeoutMillis: config.exportTimeoutMs,
      }),
    ],
  });
}

function exporterOptions(config: PreloadConfig) {
  return { timeoutMillis: config.exportTimeoutMs, httpAgentOptions: exportAgent };
}
