import { checkSettings, type ExporterSettings, parseServerAddress } from './exporter-settings.ts';
import { NativeSweep } from './native-sweep.ts';
import type { NatsParts } from './nats-parts.ts';
import type { Scraped } from './scraped.ts';
import { SharedSweep } from './shared-sweep.ts';

/** Throws MonitorSettingsError for settings that can never work. `nats` goes with `native`. */
export function scrapedBy(settings: ExporterSettings, nats?: NatsParts): Scraped {
  checkSettings(settings);
  return settings.native ? new NativeSweep(settings, nats) : new SharedSweep(settings);
}

/** Not asked for so long, a target is let go. */
const IDLE_MS = 10 * 60_000;
const MAX_TARGETS = 1000;

/** Servers that are named by the scraper (`/probe?target=`): each is kept while it is asked for. */
export class Probes implements AsyncDisposable {
  readonly #settings: ExporterSettings;
  readonly #targets = new Map<string, { scraped: Scraped; usedMs: number }>();
  readonly #ending = new Set<Promise<void>>();

  constructor(settings: ExporterSettings) {
    this.#settings = settings;
  }

  /** Throws MonitorSettingsError for what is no monitoring URL, or when there are too many. */
  of(target: string): Scraped {
    const nowMs = performance.now();
    this.#letGo(nowMs);
    const key = parseServerAddress(target).base.href;
    let known = this.#targets.get(key);
    if (!known) {
      if (this.#targets.size >= MAX_TARGETS) throw new TooManyTargets();
      known = { scraped: scrapedBy({ ...this.#settings, servers: [target] }), usedMs: nowMs };
      this.#targets.set(key, known);
    }
    known.usedMs = nowMs;
    return known.scraped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#letGo(Number.POSITIVE_INFINITY);
    await Promise.all(this.#ending);
  }

  async #end(scraped: Scraped): Promise<void> {
    await scraped[Symbol.asyncDispose]();
  }

  #letGo(nowMs: number): void {
    for (const [key, { scraped, usedMs }] of this.#targets) {
      if (nowMs - usedMs < IDLE_MS) continue;
      this.#targets.delete(key);
      const ended = this.#end(scraped);
      this.#ending.add(ended);
      void ended.then(() => this.#ending.delete(ended));
    }
  }
}

/** A scraper that names ever new targets would take all memory. */
export class TooManyTargets extends Error {
  override name = 'TooManyTargets';

  constructor() {
    super(`cannot probe more than ${MAX_TARGETS} targets at a time`);
  }
}
