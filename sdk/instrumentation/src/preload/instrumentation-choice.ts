import { ProxyTracerProvider, trace } from '@opentelemetry/api';
import { list } from './nats-config.ts';

/** What the preload can switch on, by the names that OpenTelemetry's own preload uses. */
export type InstrumentationName =
  | 'http'
  | 'undici'
  | 'nats'
  | 'pino'
  | 'winston'
  | 'amqplib'
  | 'express'
  | 'ioredis'
  | 'kafkajs'
  | 'redis';

export type Chosen = (name: InstrumentationName) => boolean;

/**
 * `OTEL_NODE_ENABLED_INSTRUMENTATIONS` names the only ones, `OTEL_NODE_DISABLED_INSTRUMENTATIONS` takes
 * away, as with `@opentelemetry/auto-instrumentations-node`.
 */
export function chosenInstrumentations(env: NodeJS.ProcessEnv): Chosen {
  const enabled = list(env.OTEL_NODE_ENABLED_INSTRUMENTATIONS);
  const disabled = list(env.OTEL_NODE_DISABLED_INSTRUMENTATIONS);
  return (name) => (enabled.length === 0 || enabled.includes(name)) && !disabled.includes(name);
}

/**
 * True when the process has an OpenTelemetry setup besides this one: a tracer provider, or OpenTelemetry's
 * own preload, which may come later. Then only NATS is instrumented here, into that setup: everything
 * else would be there twice.
 */
export function hasOtherSetup(env: NodeJS.ProcessEnv, execArgv: readonly string[]): boolean {
  const provider = trace.getTracerProvider();
  if (!(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('')) return true;
  const preloads = [...execArgv, ...(env.NODE_OPTIONS ?? '').split(/\s+/)];
  return preloads.some((word) => word.includes('@opentelemetry/auto-instrumentations-node'));
}
