import { createRequire, syncBuiltinESMExports } from 'node:module';
import { diag, metrics } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import type { Resource } from '@opentelemetry/resources';
import { NatsInstrumentation } from '../nats-instrumentation.ts';
import { INSTRUMENTATION_NAME, VERSION } from '../version.ts';
import { captureConsole } from './console-logs.ts';
import { diagLevelOf, stderrDiagLogger } from './diag-logger.ts';
import { nameFastifyRoutes } from './http-route.ts';
import { PinoInstrumentation } from './pino-instrumentation.ts';
import { type PreloadConfig, preloadConfig } from './preload-config.ts';
import { flushAtProcessEnd } from './process-end.ts';
import { logPipeline, metricPipeline, tracePipeline } from './providers.ts';
import { identityOf } from './resource.ts';

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
    start(config, script);
  } catch (error) {
    diag.error('cannot start the instrumentation; the application runs without it', error);
  }
}

function start(config: PreloadConfig, script: string | undefined): void {
  const { resource, serviceName } = identityOf(config, script);
  const flushes = [
    ...(config.traces ? [startTraces(config, resource)] : []),
    ...(config.metrics ? [startMetrics(config, resource)] : []),
    ...(config.logs ? [startLogs(config, resource)] : []),
  ];
  registerInstrumentations({
    instrumentations: [
      new HttpInstrumentation(),
      new UndiciInstrumentation(),
      new NatsInstrumentation(),
      new PinoInstrumentation({ serviceName, send: config.logs }),
    ],
  });
  nameFastifyRoutes();
  patchBuiltins();
  flushAtProcessEnd({ flushes, timeoutMs: config.flushTimeoutMs });
}

type Flush = () => Promise<void>;

function startTraces(config: PreloadConfig, resource: Resource): Flush {
  const { provider, flush } = tracePipeline(config, resource);
  provider.register();
  return flush;
}

function startMetrics(config: PreloadConfig, resource: Resource): Flush {
  const { provider, flush } = metricPipeline(config, resource);
  metrics.setGlobalMeterProvider(provider);
  return flush;
}

function startLogs(config: PreloadConfig, resource: Resource): Flush {
  const { provider, flush } = logPipeline(config, resource);
  logs.setGlobalLoggerProvider(provider);
  if (config.consoleLogs) {
    captureConsole(console, provider.getLogger(`${INSTRUMENTATION_NAME}/console`, VERSION));
  }
  return flush;
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
