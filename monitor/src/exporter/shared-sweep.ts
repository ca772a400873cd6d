import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import { DEFAULT_LIMITS, type ExporterSettings } from './exporter-settings.ts';
import type { Scraped } from './scraped.ts';
import { ScrapedServer, type ServerSweep } from './scraped-server.ts';
import { serverTruth } from './server-truth.ts';

interface Running {
  startedMs: number;
  sweeps: { server: ScrapedServer; sweep: ServerSweep }[];
  done: Promise<void>;
  isDone: boolean;
}

/**
 * One sweep for all who scrape at about the same time. A scraper whose deadline comes first gets what is
 * there by then, and the rest as an error; the sweep goes on for those who wait longer.
 */
export class SharedSweep implements Scraped {
  readonly #stop = new AbortController();
  readonly #servers: ScrapedServer[];
  readonly #shareMs: number;
  #running: Running | undefined;

  /** Throws MonitorSettingsError for settings that can never work. */
  constructor(settings: ExporterSettings) {
    this.#shareMs = settings.limits?.shareMs ?? DEFAULT_LIMITS.shareMs;
    this.#servers = settings.servers.map(
      (address) => new ScrapedServer(address, settings, this.#stop.signal),
    );
  }

  /** Everything known after at most `deadlineMs`. */
  async scrape(deadlineMs: number): Promise<MetricBlock[]> {
    const running = this.#join();
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
    return [
      ...swept.flatMap(({ outcomes }) => outcomes.flatMap(({ blocks }) => blocks)),
      ...serverTruth(swept),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running?.done;
  }

  #join(): Running {
    const now = performance.now();
    const last = this.#running;
    if (last && (!last.isDone || now - last.startedMs < this.#shareMs)) return last;
    const sweeps = this.#servers.map((server) => ({ server, sweep: server.sweep() }));
    const running: Running = {
      startedMs: now,
      sweeps,
      isDone: false,
      done: Promise.all(sweeps.map(({ sweep }) => sweep.done)).then(() => {
        running.isDone = true;
      }),
    };
    this.#running = running;
    return running;
  }
}
