import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { type Signal, unixNsFromMs } from '@hopline/model';
import type { Watch } from '@hopline/monitor';
import { createApi } from '../api/create-api.ts';
import type { StoredFeed } from '../api/live.ts';
import type { Config } from '../config.ts';
import { hostPort, notOpened } from '../intake/listening.ts';
import type { Schemas } from '../schemas/schemas.ts';
import type { Database } from '../store/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { ServerStatus } from './status.ts';

export interface ApiParts {
  database: Database;
  status: ServerStatus;
  watch: Pick<Watch, 'cluster' | 'metricsText'>;
  schemas: Schemas;
  metrics: Metrics;
  feed: StoredFeed;
  version: string;
  log: Logger;
}

/** Where `npm run build` puts the web UI. */
const WEB_DIR = resolve(import.meta.dirname, '../../../web/dist');
const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const SETTING = 'http.port, flag --port';

export interface RunningApi extends AsyncDisposable {
  readonly url: string;
}

/** Opens the port of UI, API and probes. */
export async function startApi(config: Config, parts: ApiParts): Promise<RunningApi> {
  const { database, status, watch, schemas, metrics, feed, version, log } = parts;
  const { host, port, maxLiveClients, allowedHosts } = config.http;
  const app = await createApi({
    database,
    status: () => status.status(),
    cluster: () => watch.cluster(),
    schemas,
    confluentApi: config.schemas.confluentApi,
    confluentPassword: config.schemas.confluentPassword,
    probes: {
      health: () => ({ status: 200, body: { status: 'alive', version } }),
      ready: () => {
        const body = status.readiness();
        return { status: body.ready ? 200 : 503, body };
      },
      metrics: async () => ({
        contentType: PROMETHEUS_TEXT,
        text: metrics.render() + watch.metricsText(),
      }),
    },
    feed,
    webDir: WEB_DIR,
    queryTimeoutMs: config.store.queryTimeoutMs,
    retentionDays: config.store.retentionDays,
    unconsumedAfterNs: BigInt(Math.round(config.insight.unconsumedAfterSeconds * 1e9)),
    maxLiveClients,
    allowedHosts: isLoopback(host) ? allowedHosts : null,
    version,
    now: () => unixNsFromMs(Date.now()),
    onError: (error, path) => log.error({ err: error, path }, 'cannot answer a request'),
  });
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw notOpened({ host, port, setting: SETTING }, error as Error);
  }
  const bound = (app.server.address() as AddressInfo).port;
  return {
    url: `http://${hostPort(host, bound)}`,
    [Symbol.asyncDispose]: () => app.close(),
  };
}

/** Passes on which rows became readable. */
export class StoredEvents {
  readonly #listeners = new Set<Parameters<StoredFeed>[0]>();

  readonly feed: StoredFeed = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  emit(signal: Signal, items: number): void {
    const name = COUNTED[signal];
    if (name === undefined) return;
    for (const listener of this.#listeners) listener({ [name]: items });
  }
}

/** Signals that a live view waits for. */
const COUNTED: Partial<Record<Signal, 'spans' | 'logs' | 'hops'>> = {
  traces: 'spans',
  logs: 'logs',
  hops: 'hops',
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');
