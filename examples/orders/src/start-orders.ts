import { mkdirSync } from 'node:fs';
import type { ServiceExitError } from './errors.ts';
import { ServiceProcess } from './service-process.ts';
import { type OrdersClient, setUpStreams } from './set-up-streams.ts';

export interface OrdersOptions {
  /** Servers of the cluster; with three of them the streams have three replicas. */
  natsUrls: readonly string[];
  /** The edge site's server; without one the label printer uses the cluster. */
  leafUrl: string | null;
  /** Port of the HTTP gateway. */
  gatewayPort: number;
  /** OTLP/HTTP address that the preload sends to. */
  otlpEndpoint: string;
  /** Module that instruments the services (`node --import`), as a file URL; null for none. */
  preload: string | null;
  /** Default `nats.js`. */
  client?: OrdersClient;
  /** User of another account that imports `fraud.check`; without one there is no bank. */
  bank?: { user: string; password: string };
  /** Orders the shop posts a second; 0 for a shop without customers. */
  ratePerSecond: number;
  /** Directory for one log file a process; made when it is not there. */
  logDir: string;
  /** Aborting it ends a start that is still going on; whatever did start is stopped. */
  signal?: AbortSignal;
  /** Called when a service ends though nobody stopped it. Nothing is restarted. */
  onServiceExit?: (error: ServiceExitError) => void;
}

export interface RunningOrders extends AsyncDisposable {
  gatewayUrl: string;
  /** Process ids of all services. */
  pids: number[];
}

interface Entry {
  service: string;
  instances: number;
  isInstrumented: boolean;
  site: 'cluster' | 'edge';
  /** There is a file of its own for `@hopline/client`; the others only get their connection from it. */
  hasVariant: boolean;
}

const entry = (service: string, rest: Partial<Entry> = {}): Entry => ({
  service,
  instances: 1,
  isInstrumented: true,
  site: 'cluster',
  hasVariant: false,
  ...rest,
});

/** In the order they start; they stop the other way round, so the shop stops selling first. */
const ENTRIES: readonly Entry[] = [
  entry('audit', { isInstrumented: false }),
  entry('notifications'),
  entry('edge-labels', { site: 'edge' }),
  entry('shipping', { instances: 2, hasVariant: true }),
  entry('inventory', { hasVariant: true }),
  entry('fraud', { instances: 2 }),
  entry('bank', { isInstrumented: false }),
  entry('payment', { hasVariant: true }),
  entry('gateway', { hasVariant: true }),
  entry('storefront'),
];

/** All together; past it what still runs is killed. A healthy stop takes well under a second. */
const STOP_DEADLINE_MS = 6_000;

/** Makes the streams, then starts every service and waits until all take work. */
export async function startOrders(options: OrdersOptions): Promise<RunningOrders> {
  mkdirSync(options.logDir, { recursive: true });
  const signal = options.signal ?? new AbortController().signal;
  await setUpStreams({ client: 'nats.js', ...options }, signal);
  const processes: ServiceProcess[] = [];
  const started = new AsyncDisposableStack();
  try {
    const entries = ENTRIES.filter(
      ({ service }) =>
        (service !== 'storefront' || options.ratePerSecond > 0) &&
        (service !== 'bank' || options.bank !== undefined),
    );
    // The gateway and the shop come last: nobody sells before everybody works.
    for (const stage of [entries.slice(0, -2), entries.slice(-2, -1), entries.slice(-1)]) {
      const fresh = stage.flatMap((item) => start(item, options));
      processes.push(...fresh);
      for (const process of fresh) started.use(process);
      await Promise.all(fresh.map((process) => process.ready(signal)));
    }
    const running = started.move();
    return {
      gatewayUrl: gatewayUrl(options),
      pids: processes.flatMap(({ pid }) => pid ?? []),
      [Symbol.asyncDispose]: () => stopInTime(running, processes),
    };
  } finally {
    await stopInTime(started, processes);
  }
}

async function stopInTime(
  started: AsyncDisposableStack,
  processes: readonly ServiceProcess[],
): Promise<void> {
  if (started.disposed) return;
  const timer = setTimeout(() => {
    for (const process of processes) process.kill();
  }, STOP_DEADLINE_MS);
  await started.disposeAsync();
  clearTimeout(timer);
}

const gatewayUrl = ({ gatewayPort }: OrdersOptions): string => `http://127.0.0.1:${gatewayPort}`;

function start(entry: Entry, options: OrdersOptions): ServiceProcess[] {
  return Array.from({ length: entry.instances }, (_, index) => {
    const instance = entry.instances === 1 ? entry.service : `${entry.service}-${index + 1}`;
    return new ServiceProcess({
      file: entry.service,
      isOnClient: entry.hasVariant && options.client === 'hopline',
      instance,
      env: environment(entry, instance, options),
      preload: entry.isInstrumented ? options.preload : null,
      logDir: options.logDir,
      onExit: (error) => options.onServiceExit?.(error),
    });
  });
}

function environment(
  { service, site }: Entry,
  instance: string,
  options: OrdersOptions,
): Record<string, string> {
  const bank = service === 'bank' ? options.bank : undefined;
  const edgeUrls = options.leafUrl === null ? options.natsUrls : [options.leafUrl];
  return {
    ...(bank && { NATS_USER: bank.user, NATS_PASSWORD: bank.password }),
    ...(options.client === 'hopline' && !bank && { ORDERS_CLIENT: 'hopline' }),
    NATS_URL: (site === 'edge' ? edgeUrls : options.natsUrls).join(','),
    PORT: String(options.gatewayPort),
    GATEWAY_URL: gatewayUrl(options),
    RATE_PER_SECOND: String(options.ratePerSecond),
    OTEL_SERVICE_NAME: service,
    OTEL_RESOURCE_ATTRIBUTES: `service.namespace=orders,service.instance.id=${instance}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpEndpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    // A demonstration is watched live: hand spans and logs over every second instead of every five.
    OTEL_BSP_SCHEDULE_DELAY: '1000',
    OTEL_BLRP_SCHEDULE_DELAY: '1000',
    OTEL_METRIC_EXPORT_INTERVAL: '10000',
  };
}
