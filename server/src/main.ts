import { join, resolve } from 'node:path';
import { type Config, type ConfigInput, loadConfig } from './config.ts';
import { Admission } from './intake/admit.ts';
import { Journal } from './intake/journal.ts';
import { Loader } from './intake/loader.ts';
import { OtlpHttpServer } from './intake/otlp-http.ts';
import { SetAside } from './intake/set-aside.ts';
import { intakeObserver } from './start/observer.ts';
import { openStore } from './start/store.ts';
import { IntakeMetrics } from './telemetry/intake-metrics.ts';
import { createLogger } from './telemetry/logger.ts';
import { Metrics } from './telemetry/metrics.ts';
import { processMetrics } from './telemetry/process-metrics.ts';

/** Hopline, running. Disposing it drains and stops. */
export interface RunningServer extends AsyncDisposable {
  /** UI and API. */
  readonly httpUrl: string;
  readonly otlpHttpUrl: string;
  readonly otlpGrpcUrl: string;
}

const SECONDS_PER_DAY = 86_400;

/** Starts a whole server; resolves when every door is open (the engine may still be starting). */
export async function startServer(input: ConfigInput = {}): Promise<RunningServer> {
  const config = loadConfig(input);
  const log = createLogger(config.logLevel);
  // Parts stop in reverse; when one does not start, so do those before it.
  await using parts = new AsyncDisposableStack();
  const metrics = new Metrics();
  parts.use(processMetrics(metrics));
  const observer = intakeObserver({
    metrics: new IntakeMetrics(metrics),
    log,
    onStored: () => {},
  });
  const folder = resolve(config.dataDir, 'journal');
  const journal = await Journal.open({ ...config.journal, folder, onTrouble: observer.trouble });
  const setAside = await SetAside.open(join(folder, 'set-aside'), config.journal.maxSetAside);
  const store = parts.use(await openStore(config, log));
  const { writers } = config.store;
  const loader = parts.use(
    new Loader({ journal, database: store.database, setAside, observer, writers }),
  );
  void store.migration.then(() => loader.start());
  parts.defer(() => loader.drain(config.journal.drainTimeoutMs));
  parts.use(journal);
  const admission = new Admission({ journal, observer, limits: admissionLimits(config) });
  const { host, httpPort } = config.otlp;
  const otlpHttp = parts.use(
    await OtlpHttpServer.start({ host, port: httpPort, admission, observer }),
  );
  log.info({ otlpHttp: otlpHttp.url }, 'Hopline is up');
  const running = parts.move();
  return {
    httpUrl: '',
    otlpHttpUrl: otlpHttp.url,
    otlpGrpcUrl: '',
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function admissionLimits(config: Config): Admission['limits'] {
  const { maxRequestBytes, maxJsonBytes, maxInFlightBytes, maxFutureSeconds } = config.otlp;
  const retentionSeconds = config.store.retentionDays * SECONDS_PER_DAY;
  return { maxRequestBytes, maxJsonBytes, maxInFlightBytes, maxFutureSeconds, retentionSeconds };
}
