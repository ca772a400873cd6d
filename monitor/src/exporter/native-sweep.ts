import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import { DEFAULT_MAX_SERIES, nativeBlocks } from '../native/native-blocks.ts';
import { surveyorBlocks } from '../native/surveyor-blocks.ts';
import { Sweep } from '../sweep.ts';
import { DEFAULT_LIMITS, type ExporterSettings, parseServerAddress } from './exporter-settings.ts';
import type { Scraped } from './scraped.ts';

const INTERVAL_MS = 10_000;

/**
 * Native mode: sweeps at its own interval whoever scrapes, for lag and verdicts need a window. A scrape
 * is the last sweep; only the first one waits.
 */
export class NativeSweep implements Scraped {
  readonly #sweep: Sweep;
  readonly #maxSeries: number;
  readonly #blocks: typeof nativeBlocks;

  /** Throws MonitorSettingsError for settings that can never work. */
  constructor(settings: ExporterSettings) {
    this.#maxSeries = settings.native?.maxSeries ?? DEFAULT_MAX_SERIES;
    this.#blocks = settings.native?.names === 'surveyor' ? surveyorBlocks : nativeBlocks;
    this.#sweep = new Sweep({
      urls: settings.servers.map((address) => parseServerAddress(address).base.href),
      intervalMs: settings.native?.intervalMs ?? INTERVAL_MS,
      timeoutMs: settings.limits?.timeoutMs ?? DEFAULT_LIMITS.timeoutMs,
      maxBodyBytes: settings.limits?.maxBodyBytes ?? DEFAULT_LIMITS.maxBodyBytes,
      tlsCa: settings.tlsCa,
      tlsCert: settings.tlsCert,
      tlsKey: settings.tlsKey,
    });
  }

  async scrape(deadlineMs: number): Promise<MetricBlock[]> {
    const waited = new AbortController();
    const { signal } = waited;
    const deadline = sleep(deadlineMs, undefined, { signal }).catch(() => undefined);
    await Promise.race([this.#sweep.first(), deadline]);
    waited.abort();
    const { snapshot, sweeps, sweepMs } = this.#sweep;
    return this.#blocks(snapshot, {
      maxSeries: this.#maxSeries,
      sweeps,
      sweepMs,
      nowMs: Date.now(),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sweep[Symbol.asyncDispose]();
  }
}
