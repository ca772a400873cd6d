import { type OtlpEndpoint, type OtlpSignal, otlpEndpoint } from './otlp-endpoint.ts';

/** Everything the preload reads from the environment; nothing else in this package reads it. */
export interface PreloadConfig {
  disabled: boolean;
  serviceName: string | undefined;
  traces: boolean;
  metrics: boolean;
  /** Serve what is counted for Prometheus to scrape. */
  prometheus: boolean;
  logs: boolean;
  /** Send console lines as log records; the output itself never changes. */
  consoleLogs: boolean;
  scheduleDelayMs: number;
  metricIntervalMs: number;
  endpoints: Record<OtlpSignal, OtlpEndpoint>;
  /** One attempt of one export. */
  exportTimeoutMs: number;
  /** Exports kept while the receiver is away, per signal; the oldest are dropped. */
  queueBytes: number;
  /** Spans and log records that wait to become an export; over it new ones are dropped. */
  queueItems: number;
  batchItems: number;
  /** How long a process that ends may wait for its last export. */
  flushTimeoutMs: number;
  diagLevel: string | undefined;
  sampler: { name: string; argument: string | undefined };
  /** True when the user set a limit for spans: the SDK's own spans keep them. */
  limitsSpans: boolean;
}

const SPAN_LIMITS = [
  'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
  'OTEL_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_SPAN_EVENT_COUNT_LIMIT',
  'OTEL_SPAN_LINK_COUNT_LIMIT',
  'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT',
];

export function preloadConfig(env: NodeJS.ProcessEnv): PreloadConfig {
  return {
    disabled: flag(env.OTEL_SDK_DISABLED),
    serviceName: env.OTEL_SERVICE_NAME || undefined,
    traces: env.OTEL_TRACES_EXPORTER !== 'none',
    metrics: metricsExporters(env).includes('otlp'),
    prometheus: metricsExporters(env).includes('prometheus'),
    logs: env.OTEL_LOGS_EXPORTER !== 'none',
    consoleLogs: env.HOPLINE_CONSOLE_LOGS === undefined || flag(env.HOPLINE_CONSOLE_LOGS),
    scheduleDelayMs: positive(env.OTEL_BSP_SCHEDULE_DELAY, 500),
    metricIntervalMs: positive(env.OTEL_METRIC_EXPORT_INTERVAL, 5000),
    endpoints: {
      traces: otlpEndpoint(env, 'traces'),
      metrics: otlpEndpoint(env, 'metrics'),
      logs: otlpEndpoint(env, 'logs'),
    },
    exportTimeoutMs: positive(env.OTEL_EXPORTER_OTLP_TIMEOUT, 10_000),
    queueBytes: positive(env.HOPLINE_EXPORT_QUEUE_BYTES, 8 * 1024 * 1024),
    queueItems: positive(env.OTEL_BSP_MAX_QUEUE_SIZE, 8192),
    batchItems: positive(env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, 512),
    flushTimeoutMs: positive(env.HOPLINE_FLUSH_TIMEOUT, 2000),
    diagLevel: env.OTEL_LOG_LEVEL || undefined,
    sampler: {
      name: env.OTEL_TRACES_SAMPLER || 'parentbased_always_on',
      argument: env.OTEL_TRACES_SAMPLER_ARG,
    },
    limitsSpans: SPAN_LIMITS.some((name) => env[name] !== undefined),
  };
}

function metricsExporters(env: NodeJS.ProcessEnv): string[] {
  return (env.OTEL_METRICS_EXPORTER || 'otlp').split(',').map((name) => name.trim());
}

function flag(text: string | undefined): boolean {
  return /^(true|1)$/i.test(text?.trim() ?? '');
}

function positive(text: string | undefined, fallback: number): number {
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) && value > 0 ? value : fallback;
}
