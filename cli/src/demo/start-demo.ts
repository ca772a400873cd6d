import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startOrders } from '@hopline/example-orders';
import { type NatsCluster, startCluster, startProcess, tempDir } from '@hopline/testkit';
import { CliError } from '../errors.ts';
import type { ChosenPorts } from './demo-ports.ts';
import type { Progress } from './progress.ts';
import { waitForTraffic } from './wait-for-traffic.ts';

export interface DemoOptions {
  ports: ChosenPorts;
  client: 'nats.js' | 'hopline';
  ratePerSecond: number;
  progress: Progress;
  /** Aborted when the user does not want to wait any more. */
  signal: AbortSignal;
}

export interface RunningDemo extends AsyncDisposable {
  uiUrl: string;
  gatewayUrl: string;
  otlpHttpUrl: string;
  /** Rejects when a part ends though nobody stopped it; never resolves. */
  failure: Promise<never>;
}

const CLUSTER_CHECK_MS = 1_000;
const SERVER_READY_TIMEOUT_MS = 60_000;
/** How often the monitor looks: a demonstration is watched live. */
const MONITOR_INTERVAL_MS = '2000';

/** Where the server tells how long each fraud check took that the bank asked for. */
const FRAUD_LATENCY = 'latency.fraud.check';
const BANK = { user: 'bank', password: 'bank' };
/** Service latency is measured between accounts: the bank has one of its own. */
const BANK_ACCOUNT = {
  appExports: `{ service: "fraud.check", latency: { sampling: 100, subject: "${FRAUD_LATENCY}" } }`,
  moreAccounts: `  BANK {
    users: [{ user: ${BANK.user}, password: ${BANK.password} }]
    imports: [{ service: { account: APP, subject: "fraud.check" } }]
  }`,
};

/** Starts everything the demonstration is made of; when a part cannot start, what did start is stopped. */
export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const { progress, signal, ports } = options;
  await using stack = new AsyncDisposableStack();
  const failure = Promise.withResolvers<never>();
  // Whoever waits for it gets it; when nobody does yet, it must not end the process.
  failure.promise.catch(() => undefined);
  const step = async <T>(name: string, run: () => Promise<T>, detail?: (result: T) => string) => {
    signal.throwIfAborted();
    return progress.step(name, run, detail);
  };

  for (const note of ports.notes) progress.note(note);
  const dir = stack.use(await tempDir('demo'));
  const cluster = stack.use(
    await step(
      'NATS cluster',
      () => startCluster({ leaf: true, ...BANK_ACCOUNT }),
      ({ servers, leafs }) => `${servers.length} servers, JetStream, ${leafs.length} leaf node`,
    ),
  );
  stack.use(watchCluster(cluster, failure.reject));

  const uiUrl = `http://127.0.0.1:${ports.ui}`;
  const server = stack.use(
    await step(
      'Hopline',
      () => startHopline(dir.path, cluster, ports),
      () => uiUrl,
    ),
  );
  void server.exited.then(({ code, signal: by }) => {
    failure.reject(partEnded('Hopline', `it ended with ${by ?? `code ${code}`}`, server.output()));
  });

  const orders = stack.use(
    await step(
      'order system',
      () =>
        startOrders({
          natsUrls: cluster.urls,
          leafUrl: cluster.leaf.url,
          gatewayPort: ports.gateway,
          otlpEndpoint: `http://127.0.0.1:${ports.otlpHttp}`,
          preload: instrumentationUrl(),
          client: options.client,
          bank: BANK,
          ratePerSecond: options.ratePerSecond,
          logDir: join(dir.path, 'logs'),
          signal,
          onServiceExit: failure.reject,
        }),
      ({ pids }) => `${pids.length} processes`,
    ),
  );
  const isComplete = await step(
    'first orders on their way',
    () => Promise.race([waitForTraffic(uiUrl, signal), failure.promise]),
    ({ services }) => `${services} services on the map`,
  );
  if (!isComplete.isComplete)
    progress.note('the map is not complete yet; it fills while you watch');

  const owned = stack.move();
  return {
    uiUrl,
    gatewayUrl: orders.gatewayUrl,
    otlpHttpUrl: `http://127.0.0.1:${ports.otlpHttp}`,
    failure: failure.promise,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function startHopline(dataDir: string, cluster: NatsCluster, ports: ChosenPorts) {
  const flags = [
    ['--nats', cluster.urls.join(',')],
    ['--monitor', cluster.monitorUrls.join(',')],
    ['--data-dir', join(dataDir, 'data')],
    ['--port', String(ports.ui)],
    ['--otlp-http-port', String(ports.otlpHttp)],
    ['--otlp-grpc-port', String(ports.otlpGrpc)],
    ['--log-level', 'warn'],
  ].flat();
  return startProcess({
    name: 'hopline',
    args: [fileURLToPath(new URL('../main.ts', import.meta.url)), 'up', ...flags],
    env: {
      HOPLINE_MONITOR_INTERVAL_MS: MONITOR_INTERVAL_MS,
      HOPLINE_NATS_LATENCY_SUBJECTS: FRAUD_LATENCY,
    },
    readyLine: /^Hopline +http\S+/m,
    readyTimeoutMs: SERVER_READY_TIMEOUT_MS,
    stopTimeoutMs: 8_000,
  });
}

/** The built preload: what a user gets from the package. */
function instrumentationUrl(): string {
  const url = new URL('../../../sdk/instrumentation/dist/register.js', import.meta.url);
  if (existsSync(url)) return url.href;
  throw new CliError(
    'NOT_BUILT',
    `cannot instrument the services: ${fileURLToPath(url)} is missing; build it with ` +
      '"npm run build -w @hopline/instrumentation"',
  );
}

function watchCluster(cluster: NatsCluster, fail: (error: Error) => void): Disposable {
  const timer = setInterval(() => {
    const dead = [...cluster.servers, ...cluster.leafs].find(({ running }) => !running);
    if (dead) fail(partEnded(`NATS server ${dead.name}`, 'it ended', dead.output()));
  }, CLUSTER_CHECK_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function partEnded(part: string, cause: string, output: string): CliError {
  const lines = output.trimEnd().split('\n').slice(-8);
  const tail = lines.map((line) => `\n  ${line}`).join('');
  return new CliError('DEMO_PART_ENDED', `cannot keep ${part} running: ${cause}${tail}`);
}
