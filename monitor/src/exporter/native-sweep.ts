import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterSnapshot } from '@hopline/model/api';
import { type MetricBlock, specs } from '../endpoints/compat/metric-block.ts';
import {
  DEFAULT_MAX_SERIES,
  nativeAssetBlocks,
  nativeServerBlocks,
} from '../native/native-blocks.ts';
import { SurveyBook } from '../native/survey-book.ts';
import { surveyorBlocks } from '../native/surveyor-blocks.ts';
import { Sweep } from '../sweep/sweep.ts';
import { DEFAULT_LIMITS, type ExporterSettings, parseServerAddress } from './exporter-settings.ts';
import type { NatsParts } from './nats-parts.ts';
import type { Scrape, Scraped, Scraper } from './scraped.ts';

const INTERVAL_MS = 10_000;

/**
 * Native mode: sweeps at its own interval whoever scrapes, for lag and verdicts need a window. A scrape
 * is the last sweep; only the first one waits.
 */
export class NativeSweep implements Scraped {
  readonly #sweep: Sweep;
  readonly #maxSeries: number;
  /** With surveyor's names only. */
  readonly #survey: SurveyBook | undefined;
  /** Not ours to end. */
  readonly #nats: NatsParts | undefined;
  #shared: { of: ClusterSnapshot; blocks: readonly MetricBlock[] } | undefined;

  /** Throws MonitorSettingsError for settings that can never work. */
  constructor(settings: ExporterSettings, nats?: NatsParts) {
    this.#nats = nats;
    const system = nats?.system;
    this.#maxSeries = settings.native?.maxSeries ?? DEFAULT_MAX_SERIES;
    const timeoutMs = settings.limits?.timeoutMs ?? DEFAULT_LIMITS.timeoutMs;
    const allRaftGroups = settings.native?.names === 'surveyor';
    if (allRaftGroups) this.#survey = new SurveyBook(timeoutMs);
    this.#sweep = new Sweep({
      urls: settings.servers.map((address) => parseServerAddress(address).base.href),
      intervalMs: settings.native?.intervalMs ?? INTERVAL_MS,
      timeoutMs,
      maxBodyBytes: settings.limits?.maxBodyBytes ?? DEFAULT_LIMITS.maxBodyBytes,
      // They are labels there.
      allRaftGroups,
      tlsCa: settings.tlsCa,
      tlsCert: settings.tlsCert,
      tlsKey: settings.tlsKey,
      ...(system
        ? { signs: () => system.signs, askSystem: system.ask, begin: system.heard() }
        : {}),
      onStatus: () => this.#survey?.take(this.#sweep.snapshot, this.#sweep.sweepMs),
    });
  }

  async scrape({ deadlineMs }: Scraper): Promise<Scrape> {
    const waited = new AbortController();
    const { signal } = waited;
    const deadline = sleep(deadlineMs, undefined, { signal }).catch(() => undefined);
    await Promise.race([this.#sweep.first(), deadline]);
    waited.abort();
    const { snapshot, sweeps, sweepMs } = this.#sweep;
    const maxSeries = this.#maxSeries;
    const options = { maxSeries, sweeps, sweepMs, nowMs: Date.now() };
    return {
      shared: this.#sharedOf(snapshot),
      own: [
        ...(this.#survey?.blocks(this.#nats?.system) ?? nativeServerBlocks(snapshot, options)),
        ...(this.#nats?.listeners?.blocks() ?? []),
        ...this.#connectionBlocks(),
      ],
    };
  }

  #connectionBlocks(): MetricBlock[] {
    const system = this.#nats?.system;
    if (!system) return [];
    const isUp = system.state.state === 'connected';
    const metrics = specs('hopline_exporter', {
      nats_connected: '1 while it is connected to the system account',
    });
    return [{ metrics, rows: [{ labels: '', values: [Number(isUp)] }] }];
  }

  /** Once a sweep: 30,000 consumers are made into text for the first reader alone. */
  #sharedOf(snapshot: ClusterSnapshot): readonly MetricBlock[] {
    if (this.#shared?.of !== snapshot) {
      const options = { maxSeries: this.#maxSeries };
      const blocks = this.#survey
        ? surveyorBlocks(snapshot, options)
        : nativeAssetBlocks(snapshot, options);
      this.#shared = { of: snapshot, blocks };
    }
    return this.#shared.blocks;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sweep[Symbol.asyncDispose]();
  }
}
