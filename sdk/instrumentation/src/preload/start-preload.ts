import { createRequire, syncBuiltinESMExports } from 'node:module';
import { diag, metrics } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import type { Resource } from '@opentelemetry/resources';
import type { LoggerProvider } from '@opentelemetry/sdk-logs';
import { NatsInstrumentation } from '../nats-instrumentation.ts';
import { startPrometheus } from '../prometheus.ts';
import { REQUEST_ID_HEADER } from '../propagation/request-id.ts';
import { RequestIdPropagator } from '../propagation/request-id-propagator.ts';
import { INSTRUMENTATION_NAME, VERSION } from '../version.ts';

import { librariesOf } from './application-libraries.ts';
import { captureConsole } from './console-logs.ts';
import { diagLevelOf, stderrDiagLogger } from './diag-logger.ts';
import { nameFastifyRoutes } from './http-route.ts';
import { chosenInstrumentations, hasOtherSetup } from './instrumentation-choice.ts';
import { natsConfig } from './nats-config.ts';
import { PinoInstrumentation } from './pino-instrumentation.ts';
import { type PreloadConfig, preloadConfig } from './preload-config.ts';
import { flushAtProcessEnd } from './process-end.ts';
import {
  logPipeline,
  type MetricPipeline,
  metricPipeline,
  type SignalPipeline,
  type TracePipeline,
  tracePipeline,
} from './providers.ts';
import { identityOf } from './resource.ts';
import { WinstonInstrumentation } from './winston-instrumentation.ts';

const W3C = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
});
/** So that a request's span is found by the id that its caller knows. */
const SERVER_HEADERS = { server: { requestHeaders: [REQUEST_ID_HEADER] } };

/**
 * Sets up the whole pipeline for an application that does not know of it: providers with OTLP/HTTP
 * exporters, instrumentation, logs, and the flush at the end.
 */
export function startPreload(env: NodeJS.ProcessEnv, script: string | undefined): void {
  const config = preloadConfig(env);
  if (config.disabled) return;
  const level = diagLevelOf(config.diagLevel);
  if (level !== undefined) diag.setLogger(stderrDiagLogger(), level);
  try {
    if (config.prometheus) servePrometheus();
    if (hasOtherSetup(env, process.execArgv)) joinOtherSetup(env);
    else start(env, config, script);
  } catch (error) {
    diag.error('cannot start the instrumentation; the application runs without it', error);
  }
}

/** The application runs on also where the port is taken. */
function servePrometheus(): void {
  startPrometheus().catch((error) => diag.error('cannot serve metrics for Prometheus', error));
}

/** Only NATS, into the setup that is there or comes: see `hasOtherSetup`. */
function joinOtherSetup(env: NodeJS.ProcessEnv): void {
  diag.info('another OpenTelemetry setup was found: only NATS is instrumented, into that setup');
  if (!chosenInstrumentations(env)('nats')) return;
  registerInstrumentations({ instrumentations: [new NatsInstrumentation(natsConfig(env))] });
}

function start(env: NodeJS.ProcessEnv, config: PreloadConfig, script: string | undefined): void {
  const { resource, serviceName } = identityOf(config, script);
  const traces = config.traces ? startTraces(config, resource) : undefined;
  const measures = config.metrics ? startMetrics(config, resource) : undefined;
  const logging = config.logs ? startLogs(config, resource) : undefined;
  const chosen = chosenInstrumentations(env);
  const libraries = librariesOf(script, chosen);
  registerInstrumentations({
    instrumentations: [
      ...libraries.instrumentations,
      ...(chosen('http')
        ? [new HttpInstrumentation({ headersToSpanAttributes: SERVER_HEADERS })]
        : []),
      ...(chosen('undici') ? [new UndiciInstrumentation()] : []),
      ...(chosen('winston')
        ? [new WinstonInstrumentation({ serviceName, send: config.logs })]
        : []),
      ...(chosen('pino') ? [new PinoInstrumentation({ serviceName, send: config.logs })] : []),
    ],
  });
  registerInstrumentations({
    instrumentations: chosen('nats') ? [new NatsInstrumentation(natsConfig(env))] : [],
    ...(traces ? { tracerProvider: traces.messages } : {}),
    ...(measures ? { meterProvider: measures.messages } : {}),
  });
  nameFastifyRoutes();
  patchBuiltins();
  libraries.load();
  const flushes = [traces, measures, logging].flatMap((signal) => (signal ? [signal.flush] : []));
  flushAtProcessEnd({ flushes, timeoutMs: config.flushTimeoutMs });
}

function startTraces(config: PreloadConfig, resource: Resource): TracePipeline {
  const pipeline = tracePipeline(config, resource);
  pipeline.provider.register({ propagator: new RequestIdPropagator(W3C) });
  return pipeline;
}

function startMetrics(config: PreloadConfig, resource: Resource): MetricPipeline {
  const pipeline = metricPipeline(config, resource);
  metrics.setGlobalMeterProvider(pipeline.provider);
  return pipeline;
}

function startLogs(config: PreloadConfig, resource: Resource): SignalPipeline<LoggerProvider> {
  const pipeline = logPipeline(config, resource);
  const { provider } = pipeline;
  logs.setGlobalLoggerProvider(provider);
  if (config.consoleLogs) {
    captureConsole(console, provider.getLogger(`${INSTRUMENTATION_NAME}/console`, VERSION));
  }
  return pipeline;
}

/**
 * Built-in modules are patched when they are required. An ES module application only imports them, so
 * they are required here, and their named exports are brought up to date.
 */
function patchBuiltins(): void {
  // Any absolute path will do for built-in modules.
  const require = createRequire(process.execPath);
  require('node:http');
  require('node:https');
  syncBuiltinESMExports();
}
