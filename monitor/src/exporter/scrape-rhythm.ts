/** Gaps between scrapes that differ by less than this share are one rhythm. */
export const RHYTHM_TOLERANCE = 0.1;
/** Two gaps that are alike make a rhythm. */
const SCRAPES_KEPT = 3;
/** Those that were heard last; who asks once, each time from elsewhere, is soon forgotten. */
const SCRAPERS_KEPT = 100;

/**
 * When scrapers come. Each is known by what it is the same by each time (its connection), and its next
 * scrape is expected once two gaps between its scrapes were alike. Times are milliseconds of any clock.
 */
export class ScrapeRhythm {
  readonly #scrapes = new Map<object, number[]>();

  add(scraper: object, nowMs: number): void {
    const scrapes = this.#scrapes.get(scraper) ?? [];
    this.#scrapes.delete(scraper);
    this.#scrapes.set(scraper, [...scrapes, nowMs].slice(-SCRAPES_KEPT));
    if (this.#scrapes.size <= SCRAPERS_KEPT) return;
    for (const oldest of this.#scrapes.keys()) {
      this.#scrapes.delete(oldest);
      return;
    }
  }

  /** The shortest time between two scrapes of one scraper; null when none comes regularly. */
  periodMs(nowMs: number): number | null {
    const periods = [...this.#regular(nowMs)].map(({ periodMs }) => periodMs);
    return periods.length > 0 ? Math.min(...periods) : null;
  }

  /** The first scrape that is expected at `fromMs` or later; null when none is. */
  nextMs(fromMs: number, nowMs: number): number | null {
    const next = [...this.#regular(nowMs)].map(({ lastMs, periodMs }) => {
      const periods = Math.max(1, Math.ceil((fromMs - lastMs) / periodMs));
      return lastMs + periods * periodMs;
    });
    return next.length > 0 ? Math.min(...next) : null;
  }

  *#regular(nowMs: number): Generator<{ lastMs: number; periodMs: number }> {
    for (const [first, second, third] of this.#scrapes.values()) {
      if (first === undefined || second === undefined || third === undefined) continue;
      const periodMs = (third - first) / 2;
      const isEven = Math.abs(third - second - periodMs) <= (periodMs * RHYTHM_TOLERANCE) / 2;
      const isDue = nowMs - third <= periodMs * (1 + RHYTHM_TOLERANCE);
      if (isEven && isDue) yield { lastMs: third, periodMs };
    }
  }
}
