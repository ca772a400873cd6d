import { setTimeout as sleep } from 'node:timers/promises';
import { type MetricBlock, specs } from '../endpoints/compat/metric-block.ts';
import { DEFAULT_LIMITS, type ExporterSettings } from './exporter-settings.ts';
import type { Scrape, Scraped } from './scraped.ts';
import { ScrapedServer, type ServerSweep } from './scraped-server.ts';
import { serverTruth } from './server-truth.ts';

interface Running {
  startedMs: number;
  sweeps: { server: ScrapedServer; sweep: ServerSweep }[];
  done: Promise<void>;
  isDone: boolean;
  /** What the answers came to, once all are there. */
  blocks: readonly MetricBlock[] | undefined;
}

/** Nobody scraped for so long, or so many intervals: the servers are left alone until somebody does. */
const IDLE_MS = 60_000;
const IDLE_INTERVALS = 5;
/** What is older serves nobody, although the sweep after it has not ended. */
const STALE_INTERVALS = 2;

/**
 * One sweep for all who scrape. Without an interval it begins when somebody asks and serves those who ask
 * soon after; with one it begins by itself, and whoever asks gets the last that ended at once. A scraper
 * whose deadline comes first gets what is there by then, and the rest as an error; the sweep goes on for
 * those who wait longer.
 */
export class SharedSweep implements Scraped {
  readonly #stop = new AbortController();
  readonly #servers: ScrapedServer[];
  readonly #shareMs: number;
  readonly #intervalMs: number | null;
  #running: Running | undefined;
  #ended: Running | undefined;
  #next: NodeJS.Timeout | undefined;
  #scrapedMs = 0;

  /** Throws MonitorSettingsError for settings that can never work. */
  constructor(settings: ExporterSettings) {
    this.#shareMs = settings.limits?.shareMs ?? DEFAULT_LIMITS.shareMs;
    this.#intervalMs = settings.intervalMs ?? null;
    this.#servers = settings.servers.map(
      (address) => new ScrapedServer(address, settings, this.#stop.signal),
    );
  }

  /** Everything known after at most `deadlineMs`. */
  async scrape(deadlineMs: number): Promise<Scrape> {
    this.#scrapedMs = performance.now();
    const running = this.#fresh() ?? this.#join();
    const waited = new AbortController();
    const { signal } = waited;
    const deadline = sleep(deadlineMs, undefined, { signal }).catch(() => undefined);
    await Promise.race([running.done, deadline]);
    waited.abort();
    const swept = running.sweeps.map(({ server, sweep }) => ({
      server,
      serverId: sweep.serverId,
      outcomes: sweep.outcomes(),
    }));
    const shared =
      running.blocks ?? swept.flatMap(({ outcomes }) => outcomes.flatMap(({ blocks }) => blocks));
    if (running.isDone) running.blocks = shared;
    return { shared, own: [...serverTruth(swept), ageBlock(running)] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#next);
    this.#stop.abort();
    await this.#running?.done;
  }

  /** The last sweep that ended, in time for who does not want to wait. */
  #fresh(): Running | undefined {
    const { startedMs = Number.NEGATIVE_INFINITY } = this.#ended ?? {};
    const stillMs = (this.#intervalMs ?? 0) * STALE_INTERVALS;
    return performance.now() - startedMs < stillMs ? this.#ended : undefined;
  }

  #join(): Running {
    const last = this.#running;
    const isShared = last && performance.now() - last.startedMs < this.#shareMs;
    return last && (!last.isDone || isShared) ? last : this.#begin();
  }

  #begin(): Running {
    const sweeps = this.#servers.map((server) => ({ server, sweep: server.sweep() }));
    const running: Running = {
      startedMs: performance.now(),
      sweeps,
      isDone: false,
      blocks: undefined,
      done: Promise.all(sweeps.map(({ sweep }) => sweep.done)).then(() => {
        running.isDone = true;
        // Without an interval nobody gets it once the next has begun.
        if (this.#intervalMs !== null) this.#ended = running;
        this.#plan(running);
      }),
    };
    this.#running = running;
    return running;
  }

  #plan({ startedMs }: Running): void {
    const intervalMs = this.#intervalMs;
    if (intervalMs === null || this.#stop.signal.aborted) return;
    const now = performance.now();
    if (now - this.#scrapedMs > Math.max(IDLE_MS, IDLE_INTERVALS * intervalMs)) return;
    clearTimeout(this.#next);
    // A server that needs long is never asked for more than half of its time.
    const restMs = Math.max(intervalMs - (now - startedMs), now - startedMs);
    this.#next = setTimeout(() => this.#begin(), restMs);
  }
}

const ageBlock = ({ startedMs }: Running): MetricBlock => ({
  metrics: specs('hopline_exporter', {
    sweep_age_seconds: 'since the servers were asked that the figures are from',
  }),
  rows: [{ labels: '', values: [(performance.now() - startedMs) / 1000] }],
});
