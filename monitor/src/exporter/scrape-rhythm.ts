import { isEven, isOverdue, periodOf, type Times } from './regular-times.ts';
import { UnknownScrapers } from './unknown-scrapers.ts';

/** Two gaps that are alike make a rhythm. */
const SCRAPES_KEPT = 3;
/** Those that were heard last; who asks once, each time from elsewhere, is soon forgotten. */
const SCRAPERS_KEPT = 100;

/** Who scrapes, as far as that can be told. */
export interface ScraperId {
  /** One scraper's alone; it may have another the next time. */
  connection: object;
  /** The same each time, and maybe that of others too: address and name of the program. */
  origin: string;
}

/**
 * When scrapers come. Who keeps a connection is known by it; its next scrape is expected once two gaps
 * between its scrapes were alike. Those who open one for each scrape are told apart by when they come.
 * Times are milliseconds of any clock.
 */
export class ScrapeRhythm {
  /** A connection that was closed is forgotten with its object. */
  readonly #connections = new WeakMap<object, number[]>();
  /** Scrapes of each connection that brought more than one. */
  readonly #known = new Set<number[]>();
  readonly #unknown = new Map<string, UnknownScrapers>();

  add({ connection, origin }: ScraperId, nowMs: number): void {
    const scrapes = this.#connections.get(connection);
    const unknown = this.#unknown.get(origin) ?? new UnknownScrapers();
    if (!scrapes) {
      this.#connections.set(connection, [nowMs]);
      unknown.add(nowMs);
      this.#unknown.delete(origin);
      this.#unknown.set(origin, unknown);
      keepLast(this.#unknown);
      return;
    }
    if (scrapes.length === 1) unknown.remove(scrapes[0]!);
    scrapes.push(nowMs);
    if (scrapes.length > SCRAPES_KEPT) scrapes.shift();
    this.#known.delete(scrapes);
    this.#known.add(scrapes);
    keepLast(this.#known);
  }

  /** The shortest time between two scrapes of one scraper; null when none comes regularly. */
  periodMs(nowMs: number): number | null {
    const periods = this.#regular(nowMs).map(periodOf);
    return periods.length > 0 ? Math.min(...periods) : null;
  }

  /** The first scrape that is expected at `fromMs` or later; null when none is. */
  nextMs(fromMs: number, nowMs: number): number | null {
    const next = this.#regular(nowMs).map((scrapes) => {
      const [lastMs, periodMs] = [scrapes.at(-1)!, periodOf(scrapes)];
      const periods = Math.max(1, Math.ceil((fromMs - lastMs) / periodMs));
      return lastMs + periods * periodMs;
    });
    return next.length > 0 ? Math.min(...next) : null;
  }

  /** Scrapes of each who comes regularly and is not overdue. */
  #regular(nowMs: number): Times[] {
    const unknown = [...this.#unknown.values()].flatMap(({ rhythms }) => rhythms);
    return [...this.#known, ...unknown].filter(
      (scrapes) => scrapes.length === SCRAPES_KEPT && isEven(scrapes) && !isOverdue(scrapes, nowMs),
    );
  }
}

/** Lets the one go that was heard longest ago. */
function keepLast(heard: Set<number[]> | Map<string, unknown>): void {
  if (heard.size <= SCRAPERS_KEPT) return;
  const [oldest] = heard.keys();
  heard.delete(oldest as never);
}
