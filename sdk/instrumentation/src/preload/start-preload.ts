import { createRequire, syncBuiltinESMExports } from 'node:module';
import { diag, metrics } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NatsInstrumentation } from '../nats-instrumentation.ts';
import { INSTRUMENTATION_NAME, VERSION } from '../version.ts';
import { captureConsole } from './console-logs.ts';
import { diagLevelOf, stderrDiagLogger } from './diag-logger.ts';
import { type Flushable, loggerProvider, meterProvider, tracerProvider } from './exporters.ts';
import { nameFastifyRoutes } from './http-route.ts';
import { PinoInstrumentation } from './pino-instrumentation.ts';
import { type PreloadConfig, preloadConfig } from './preload-config.ts';
import { flushAtProcessEnd } from './process-end.ts';
import { resourceOf } from './resource.ts';

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
  const resource = resourceOf(config, script);
  const serviceName = String(resource.attributes['service.name']);
  const flushables: Flushable[] = [];
  if (config.traces) {
    const provider = tracerProvider(config, resource);
    provider.register();
    flushables.push(provider);
  }
  if (config.metrics) {
    const provider = meterProvider(config, resource);
    metrics.setGlobalMeterProvider(provider);
    flushables.push(provider);
  }
  if (config.logs) {
    const provider = loggerProvider(config, resource);
    logs.setGlobalLoggerProvider(provider);
    flushables.push(provider);
    if (config.consoleLogs) {
      captureConsole(console, provider.getLogger(`${INSTRUMENTATION_NAME}/console`, VERSION));
    }
  }
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
  flushAtProcessEnd({ flushables, timeoutMs: config.flushTimeoutMs });
}

/**
 * Built-in modules are patched when they are required. An ES module application only imports them, so
 * they are required here, and their named exports are brought up to date.
 */
function patchBuiltins(): void {
  const require = createRequire(import.meta.url);
  require('node:http');
  require('node:https');
  syncBuiltinESMExports();
}
