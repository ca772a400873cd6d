import { join, resolve } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { type Config, type ConfigInput, loadConfig } from './config.ts';
import { Admission } from './intake/admit.ts';
import { Journal } from './intake/journal.ts';
import { Loader } from './intake/loader.ts';
import { OtlpGrpcServer } from './intake/otlp-grpc.ts';
import { OtlpHttpServer } from './intake/otlp-http.ts';
import { SetAside } from './intake/set-aside.ts';
import { openSchemas } from './schemas/schemas.ts';
import { StoredEvents, startApi } from './start/api.ts';
import { startClockWatch } from './start/clock-watch.ts';
import { lockDataDir } from './start/data-dir-lock.ts';
import { startHopExport } from './start/hop-export.ts';
import { intakeObserver } from './start/observer.ts';
import { startPathMetrics } from './start/path-metrics.ts';
import { rollupDays, startRollups } from './start/rollups.ts';
import { registerGauges, ServerStatus } from './start/status.ts';
import { openStore } from './start/store.ts';
import { startWatch } from './start/watch.ts';
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
const MS_PER_SECOND = 1_000;

/**
 * Starts a whole server; resolves when every door is open. The engine may still be starting: until it
 * is there, what comes in waits in the journal.
 */
export async function startServer(input: ConfigInput = {}): Promise<RunningServer> {
  const startedAtMs = Date.now();
  const config = loadConfig(input);
  const log = createLogger(config.logLevel);
  // Parts stop in reverse; when one cannot start, those before it stop.
  await using parts = new AsyncDisposableStack();
  const metrics = new Metrics();
  parts.use(processMetrics(metrics));
  const intake = new IntakeMetrics(metrics);
  const stored = new StoredEvents();
  const onStored = stored.emit.bind(stored);
  const observer = intakeObserver({ metrics: intake, log, onStored });

  const dataDir = resolve(config.dataDir);
  parts.use(await lockDataDir(dataDir));
  const store = parts.use(await openStore(config, log));
  const { database } = store;
  const folder = join(dataDir, 'journal');
  const setAside = await SetAside.open(join(folder, 'set-aside'), config.journal.maxSetAside);
  const { trouble } = observer;
  const journal = await Journal.open({ ...config.journal, folder, onTrouble: trouble });
  const { writers } = config.store;
  const loader = parts.use(new Loader({ journal, database, setAside, observer, writers }));
  void store.migration.then(() => loader.start());
  parts.defer(() => loader.drain(config.journal.drainTimeoutMs));
  parts.use(journal);
  const { migration } = store;
  parts.use(startRollups({ database, keepDays: rollupDays(config), observer, migration }));
  const intervalMs = config.insight.clockIntervalSeconds * MS_PER_SECOND;
  parts.use(startClockWatch({ database, intervalMs, migration, onTrouble: trouble }));

  const hopExport = startHopExport(config.export, { metrics, observer });
  if (hopExport) parts.use(hopExport);
  const watch = parts.use(startWatch(config, { database, journal, observer, log, hopExport }));
  const schemas = parts.use(openSchemas(config.nats, config.schemas.bucket));
  const admission = new Admission({ journal, observer, limits: admissionLimits(config) });
  const { host, httpPort, grpcPort } = config.otlp;
  const door = { host, admission, observer };
  const otlpHttp = parts.use(await OtlpHttpServer.start({ ...door, port: httpPort }));
  const otlpGrpc = parts.use(await OtlpGrpcServer.start({ ...door, port: grpcPort }));

  const { version } = manifest;
  const otlp = { httpPort: portOf(otlpHttp.url), grpcPort: portOf(otlpGrpc.url) };
  const about = { version, startedAtMs, otlp };
  const statusParts = { ...about, store, journal, setAside, intake, admission, watch };
  registerGauges(metrics, statusParts);
  const status = new ServerStatus(statusParts);
  parts.use(
    startPathMetrics(config, {
      ...{ store, metrics, log },
      cluster: () => watch.cluster(),
      status: () => status.status(),
    }),
  );
  const { feed } = stored;
  const api = parts.use(
    await startApi(config, {
      database,
      status,
      watch,
      schemas,
      metrics,
      feed,
      version,
      log,
    }),
  );
  parts.defer(() => status.close());

  const urls = { httpUrl: api.url, otlpHttpUrl: otlpHttp.url, otlpGrpcUrl: otlpGrpc.url };
  log.info({ ...urls, dataDir }, 'Hopline is up');
  const running = parts.move();
  return { ...urls, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

const portOf = (url: string): number => Number(new URL(url).port);

function admissionLimits(config: Config): Admission['limits'] {
  const { maxRequestBytes, maxJsonBytes, maxInFlightBytes, maxFutureSeconds } = config.otlp;
  const retentionSeconds = config.store.retentionDays * SECONDS_PER_DAY;
  return { maxRequestBytes, maxJsonBytes, maxInFlightBytes, maxFutureSeconds, retentionSeconds };
}
