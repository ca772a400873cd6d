import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AssetRow } from '@hopline/model';
import { leaderRows } from './leader-rows.ts';
import { MonitoringServer, type MonitoringStatus } from './monitoring-server.ts';

export interface SweepOptions {
  urls: string[];
  /** From the start of one sweep to the start of the next; a slow sweep is never overtaken. */
  intervalMs: number;
  /** Of one request. */
  timeoutMs: number;
  /** Path of a CA certificate for https URLs. */
  tlsCa?: string | undefined;
  /** The rows of one sweep; the next waits until it settles. */
  onAssets(rows: AssetRow[]): Promise<void>;
  onStatus(status: MonitoringStatus[]): void;
}

/**
 * Asks every monitoring URL for its streams and consumers, again and again. An asset is taken from its
 * leader only; when no URL reaches the leader the asset is left out and the status says so.
 */
export class Sweep implements AsyncDisposable {
  readonly #options: SweepOptions;
  readonly #stop = new AbortController();
  readonly #servers: MonitoringServer[];
  readonly #running: Promise<void>;

  /** Throws MonitorSettingsError for a URL that can never work. */
  constructor(options: SweepOptions) {
    this.#options = options;
    const { timeoutMs, tlsCa } = options;
    this.#servers = [...new Set(options.urls)].map(
      (url) => new MonitoringServer(url, { timeoutMs, tlsCa, signal: this.#stop.signal }),
    );
    this.#running = this.#run();
  }

  get status(): MonitoringStatus[] {
    return this.#servers.map((server) => server.status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted && this.#servers.length > 0) {
      const started = performance.now();
      await this.#sweep();
      const restMs = Math.max(0, this.#options.intervalMs - (performance.now() - started));
      await sleep(restMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #sweep(): Promise<void> {
    const answers = await Promise.all(
      this.#servers.map(async (server) => ({ server, assets: await server.ask() })),
    );
    if (this.#stop.signal.aborted) return;
    const { rows, unseen } = leaderRows(answers.flatMap(({ assets }) => assets));
    for (const { server, assets } of answers) {
      const leaders = new Set(assets.map((asset) => asset.leader));
      const absent = [...unseen].filter(([leader]) => leaders.has(leader));
      if (server.status.error === '' && absent.length > 0) server.complain(unseenInWords(absent));
    }
    this.#options.onStatus(this.status);
    // A sink that hangs must not hold up the end.
    await Promise.race([this.#options.onAssets(rows), stopped(this.#stop.signal)]);
  }
}

async function stopped(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function unseenInWords(absent: [leader: string, assets: number][]): string {
  return absent
    .map(([leader, assets]) =>
      leader === ''
        ? `${assets} streams and consumers have no leader now`
        : `${assets} streams and consumers are led by ${leader}, which did not answer here: ` +
          'is its monitoring URL missing?',
    )
    .join('; ');
}
