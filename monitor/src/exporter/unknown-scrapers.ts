import { isEven, isOverdue, type Times } from './regular-times.ts';

/** Three gaps that are alike make a rhythm: nobody vouches that the scrapes between them are one scraper's. */
const SCRAPES_OF_RHYTHM = 4;
/** ... and more alike than those of one who is known: of scrapes at any time some are a little. */
const TOLERANCE = 0.05;
/** Scrapers of one period that are told apart, as long as all of them are unknown. */
const MAX_TOGETHER = 3;
const SCRAPES_KEPT = (SCRAPES_OF_RHYTHM - 1) * MAX_TOGETHER + 1;

/**
 * Scrapes from one origin over a connection each: of one scraper, or of several behind one address. A
 * scrape that comes when one is due is of that rhythm; among the others new rhythms are looked for.
 */
export class UnknownScrapers {
  /** The last three scrapes of each rhythm; whose turn was longest ago first. */
  #rhythms: Times[] = [];
  /** Scrapes of no rhythm. */
  #others: Times = [];

  get rhythms(): readonly Times[] {
    return this.#rhythms;
  }

  add(nowMs: number): void {
    const goingOn = this.#rhythms.filter((times) => !isOverdue(times, nowMs));
    const due = goingOn.find((times) => isEven([...times.slice(1), nowMs]));
    this.#rhythms = goingOn.filter((times) => times !== due);
    if (due) {
      this.#rhythms.push([...due.slice(1), nowMs]);
      return;
    }
    this.#others = [...this.#others, nowMs].slice(-SCRAPES_KEPT);
    const found = this.#found();
    if (!found) return;
    this.#others = this.#others.filter((atMs) => !found.includes(atMs));
    this.#rhythms.push(found.slice(1));
  }

  /** A scrape of one who is known by now. */
  remove(atMs: number): void {
    this.#others = this.#others.filter((other) => other !== atMs);
  }

  /** One scraper's every scrape, of two every other, ... */
  #found(): Times | undefined {
    for (let step = 1; step <= MAX_TOGETHER; step++) {
      const times = this.#others
        .filter((_, at) => (this.#others.length - 1 - at) % step === 0)
        .slice(-SCRAPES_OF_RHYTHM);
      if (times.length === SCRAPES_OF_RHYTHM && isEven(times, TOLERANCE)) return times;
    }
    return undefined;
  }
}
