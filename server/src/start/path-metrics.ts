import { setTimeout as sleep } from 'node:timers/promises';
import { unixNsFromMs } from '@hopline/model';
import type { ApiContext } from '../api/api-context.ts';
import { getMessages } from '../api/messages.ts';
import type { Config } from '../config.ts';
import { FateCounter } from '../path-metrics/fate-counter.ts';
import { PathGauges } from '../path-metrics/path-gauges.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { OpenStore } from './store.ts';

/** Beyond the age at which a message may count as unconsumed: for what is still on its way to the store. */
const SLACK_SECONDS = 5;

interface Parts {
  store: OpenStore;
  metrics: Metrics;
  cluster: ApiContext['cluster'];
  status: ApiContext['status'];
  log: Logger;
}

/** Keeps the figures of paths and fates on `/metrics` fresh, from stored evidence. */
export function startPathMetrics(
  config: Config,
  { store, metrics, cluster, status, log }: Parts,
): AsyncDisposable {
  const { insight, store: limits } = config;
  if (insight.metricsSeconds === 0) return { [Symbol.asyncDispose]: async () => undefined };
  const { database } = store;
  const { queryTimeoutMs, retentionDays } = limits;
  const now = () => unixNsFromMs(Date.now());
  const unconsumedAfterNs = nsOf(insight.unconsumedAfterSeconds);
  const context: ApiContext = {
    ...{ database, status, cluster, now, queryTimeoutMs, retentionDays, unconsumedAfterNs },
  };
  const gauges = new PathGauges(
    { database, now, maxPaths: insight.metricsPaths, queryTimeoutMs },
    metrics,
  );
  const fates = new FateCounter(
    {
      now,
      messages: (query) => getMessages(context, query),
      settledAfterNs: unconsumedAfterNs + nsOf(SLACK_SECONDS),
    },
    metrics,
  );
  const stop = new AbortController();
  const pause = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);

  async function run(): Promise<void> {
    await Promise.race([store.migration, aborted(stop.signal)]);
    while (!stop.signal.aborted) {
      const startedMs = performance.now();
      try {
        await gauges.refresh();
        while (!stop.signal.aborted && (await fates.pass())) await pause(0);
      } catch (error) {
        if (!stop.signal.aborted) log.warn({ err: error }, 'cannot take the figures of paths');
      }
      // A store that needs long is asked less often: never more than a quarter of its time.
      const tookMs = performance.now() - startedMs;
      await pause(Math.max(insight.metricsSeconds * 1000 - tookMs, 3 * tookMs));
    }
  }
  const running = run();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

const nsOf = (seconds: number): bigint => BigInt(Math.round(seconds * 1e9));

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
