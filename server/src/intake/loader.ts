import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Database,
  type InsertOutcome,
  type Segment,
  StoreUnavailable,
} from '../store/store.ts';
import type { Journal } from './journal.ts';
import type { IntakeObserver } from './observer.ts';
import { storeRefused } from './refused-segment.ts';
import type { SealedSegment } from './segments.ts';
import type { SetAside } from './set-aside.ts';

export interface LoaderOptions {
  journal: Journal;
  database: Pick<Database, 'insert' | 'state'>;
  setAside: SetAside;
  observer: IntakeObserver;
  /** Segments inserted at once. */
  writers: number;
  /** Between two attempts at one segment: doubles from first to last. */
  waits?: { firstMs: number; lastMs: number };
}

const WAITS = { firstMs: 100, lastMs: 5_000 };
/** A segment on which the engine failed so often, for no reason it could name, counts as refused. */
const MAX_STRIKES = 5;
const DRAIN_POLL_MS = 20;

/** Carries sealed segments into the store, oldest first, from `start` until it is disposed. */
export class Loader implements AsyncDisposable {
  readonly #options: LoaderOptions;
  readonly #stop = new AbortController();
  #workers: Promise<void>[] = [];
  /** By id of a segment or part: failures that were the engine's, with these bytes. */
  readonly #strikes = new Map<string, number>();

  constructor(options: LoaderOptions) {
    this.#options = options;
  }

  /** Call it once the store has its tables. */
  start(): void {
    if (this.#workers.length > 0 || this.#stop.signal.aborted) return;
    this.#workers = Array.from({ length: this.#options.writers }, () => this.#work());
  }

  /** Waits until every sealed segment is stored, the engine is down, or the time is over. */
  async drain(timeoutMs: number): Promise<void> {
    const { journal, database } = this.#options;
    const deadline = performance.now() + timeoutMs;
    while (journal.stats.sealedSegments > 0 && database.state === 'ready') {
      if (performance.now() > deadline) return;
      await sleep(DRAIN_POLL_MS);
    }
  }

  /** Finishes the inserts under way; the rest waits on disk for the next run. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    for (;;) {
      const segment = await this.#options.journal.take(this.#stop.signal);
      if (segment === null) return;
      await this.#loadUntilStored(segment);
    }
  }

  async #loadUntilStored(segment: SealedSegment): Promise<void> {
    const { observer, waits = WAITS } = this.#options;
    let waitMs = waits.firstMs;
    while (!this.#stop.signal.aborted) {
      const startedAt = performance.now();
      try {
        await this.#load(segment);
        observer.stored(segment.signal, segment.items, performance.now() - startedAt);
        return;
      } catch (error) {
        observer.trouble(`cannot store segment ${segment.id} of ${segment.signal} yet`, error);
        const jitter = 0.5 + Math.random() / 2;
        await sleep(waitMs * jitter, null, { signal: this.#stop.signal }).catch(() => {});
        waitMs = Math.min(waitMs * 2, waits.lastMs);
      }
    }
  }

  async #load(segment: SealedSegment): Promise<void> {
    const { journal, setAside, observer } = this.#options;
    const { signal, path, id } = segment;
    const outcome = await this.#insert({ signal, path, id });
    if (outcome.status === 'refused') {
      await storeRefused(segment, {
        reason: outcome.reason,
        insert: (part) => this.#insert(part),
        setAside: async (name, record, reason) => {
          observer.setAside(signal, await setAside.keep(name, record, reason), reason);
        },
      });
    }
    await journal.remove(segment);
    for (const key of this.#strikes.keys()) if (key.startsWith(id)) this.#strikes.delete(key);
  }

  async #insert(segment: Segment): Promise<InsertOutcome> {
    const { database } = this.#options;
    const strikes = this.#strikes.get(segment.id) ?? 0;
    if (strikes >= MAX_STRIKES) {
      return { status: 'refused', reason: `the engine failed on it ${strikes} times` };
    }
    const wasReady = database.state === 'ready';
    try {
      return await database.insert(segment);
    } catch (error) {
      const fell = wasReady && database.state !== 'ready';
      if (fell || !(error instanceof StoreUnavailable)) {
        this.#strikes.set(segment.id, strikes + 1);
      }
      throw error;
    }
  }
}
