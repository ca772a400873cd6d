import type { Database } from '../database.ts';
import { QueryTimeout, QueryTooLarge } from '../errors.ts';
import type { Background } from './background.ts';
import {
  bucketsOfContexts,
  bucketsOfInserted,
  bucketsReferredTo,
  bucketsSince,
  contextsBefore,
  type DirtyBucket,
  type InsertedSecond,
  insertedSeconds,
} from './fresh-rows.ts';
import { ceilTo, FINE, floorTo, HOUR, type Level, MINUTE, type RollupDays } from './levels.ts';
import { loadProgress, type Progress, saveProgress } from './progress.ts';
import { rollFromFiner, rollFromSpans } from './roll.ts';

export interface RollerOptions {
  database: Database;
  /** Days for which each level is kept. */
  keepDays: RollupDays;
  /** Stops what is under way: roll() rejects with its reason. */
  signal?: AbortSignal;
  nowMs?: () => number;
}

/** A bucket is over this long after its end: what has then not come comes late. */
const DELAY_SECONDS = 5;
/** Before it is over a bucket is computed too, as long as not more than so many messages came anew. */
const MAX_UNFINISHED_PUBLISHES = 5_000;
/** An insert that began so long ago has ended: its rows can be seen. */
const INSERT_SECONDS = 150;
/** What new rows refer to is mostly so young; older contexts are looked up by their ids. */
const LOOK_BACK_SECONDS = 120;
/** ... and no more often than this: such a look reads the index of all that is stored. */
const LATE_EVERY_MS = 10_000;
/** Rows of one look at what is new. */
const MAX_FRESH_ROWS = 500_000;
/** ... and seconds: a statement names them all, and the engine takes 256 KiB of text. */
const MAX_FRESH_SECONDS = 3_600;
/** Of one statement: it holds them all in memory. */
const MAX_PUBLISHES = 50_000;
const MAX_BUCKETS = 720;
/** ... and from the first to the last: all server events between them are read. */
const MAX_SPAN_SECONDS = 4 * 3600;
const TIMEOUT_MS = 120_000;

/**
 * Keeps the rollups at what the spans tell (ADR 0006). It asks what the engine took since the last look,
 * finds the buckets that this belongs to, and computes each of them as a whole: so it does not matter
 * how often, in which order and how late something comes. One call at a time.
 */
export class Roller {
  readonly #options: RollerOptions;
  readonly #ask: Background;
  readonly #nowMs: () => number;
  #progress: Progress | undefined;
  /** By source and second: rows that were seen already. */
  readonly #seen = new Map<string, number>();
  /** Buckets to compute, with the messages known to be in them. */
  readonly #dirty = new Map<number, number>();
  /**
   * Buckets that were computed before they were over: again whenever something came, for more is known of the
   * clocks then, and once when they are over.
   */
  readonly #unfinished = new Set<number>();
  /** Coarser buckets to compute once they are over. */
  readonly #coarse = new Map<Level, Set<number>>([
    [MINUTE, new Set()],
    [HOUR, new Set()],
  ]);
  /** Contexts older than the look back, whose messages are still to be found. */
  #late = new Set<string>();
  #lateAtMs = Number.NEGATIVE_INFINITY;
  #maxBuckets = MAX_BUCKETS;

  constructor(options: RollerOptions) {
    this.#options = options;
    const { database, signal } = options;
    this.#ask = (statement) =>
      database.query({
        ...statement,
        timeoutMs: TIMEOUT_MS,
        background: true,
        ...(signal ? { signal } : {}),
      });
    this.#nowMs = options.nowMs ?? Date.now;
  }

  /**
   * Looks once for what is new and computes what became dirty, as far as its time has come. Returns true
   * when there is more to do at once. Rejects as Database does; the next call goes on from there.
   */
  async roll(): Promise<boolean> {
    this.#progress ??= await this.#start();
    const { now, seconds } = await insertedSeconds(this.#ask, this.#progress.inserted);
    const news = seconds.filter((at) => this.#seen.get(keyOf(at)) !== at.rows);
    const batch = firstRows(news.slice(0, MAX_FRESH_SECONDS), MAX_FRESH_ROWS);
    await this.#markDirty(batch, now);
    for (const at of batch) this.#seen.set(keyOf(at), at.rows);
    const isNews = (await this.#findLate()) || batch.length > 0;

    const over = floorTo(now - DELAY_SECONDS, FINE);
    const horizon = ceilTo(now + 1, FINE);
    for (const bucket of this.#unfinished) {
      // Where nothing came, nothing more is known of the clocks.
      if (!isNews && bucket >= over) continue;
      this.#unfinished.delete(bucket);
      this.#add([{ bucket, publishes: 0 }]);
    }
    const isLeft = await this.#compute({ over, horizon });
    const rolledTo = this.#rolledTo(horizon);
    await this.#computeCoarser(MINUTE, rolledTo);
    await this.#computeCoarser(HOUR, rolledTo);
    const isBehind = batch.length < news.length;
    const isCaughtUp = !isLeft && !isBehind && this.#late.size === 0;
    await this.#advance(rolledTo, isCaughtUp ? now - INSERT_SECONDS : 0);
    return isLeft || isBehind;
  }

  /** What was not yet computed when the last roller ended. */
  async #start(): Promise<Progress> {
    const progress = await loadProgress(this.#ask);
    if (progress.rolledTo === 0) {
      // All is dirty: nobody needs to ask what each row refers to.
      const { seconds } = await insertedSeconds(this.#ask, 0);
      for (const at of seconds) this.#seen.set(keyOf(at), at.rows);
    }
    this.#add(await bucketsSince(this.#ask, progress.rolledTo));
    for (const [level, due] of this.#coarse) due.add(floorTo(progress.rolledTo, level));
    return progress;
  }

  async #markDirty(batch: readonly InsertedSecond[], now: number): Promise<void> {
    if (batch.length === 0) return;
    const seconds = [...new Set(batch.map(({ second }) => second))];
    const look = { seconds, lookFrom: now - LOOK_BACK_SECONDS };
    this.#add(await bucketsOfInserted(this.#ask, seconds));
    this.#add(await bucketsReferredTo(this.#ask, look));
    for (const context of await contextsBefore(this.#ask, look)) this.#late.add(context);
  }

  /** True when it looked. */
  async #findLate(): Promise<boolean> {
    if (this.#late.size === 0 || this.#nowMs() - this.#lateAtMs < LATE_EVERY_MS) return false;
    this.#add(await bucketsOfContexts(this.#ask, [...this.#late]));
    this.#late = new Set();
    this.#lateAtMs = this.#nowMs();
    return true;
  }

  #add(found: readonly DirtyBucket[]): void {
    for (const { bucket, publishes } of found) {
      this.#dirty.set(bucket, (this.#dirty.get(bucket) ?? 0) + publishes);
    }
  }

  /** Computes the oldest dirty buckets of those that are `over`, and small ones before `horizon`; true when some are left. */
  async #compute({ over, horizon }: { over: number; horizon: number }): Promise<boolean> {
    const due = [...this.#dirty]
      .filter(([bucket, publishes]) =>
        publishes > MAX_UNFINISHED_PUBLISHES ? bucket < over : bucket < horizon,
      )
      .map(([bucket]) => bucket)
      .sort((a, b) => a - b);
    const run = this.#firstRun(due);
    if (run.length === 0) return false;
    const level = this.#levelAt(run[0]!);
    await this.#rollFromSpans(level, run);
    const [coarser] = [MINUTE, HOUR].filter(({ seconds }) => seconds > level.seconds);
    for (const bucket of run) {
      this.#dirty.delete(bucket);
      if (bucket >= over) this.#unfinished.add(bucket);
      if (coarser) this.#coarse.get(coarser)!.add(floorTo(bucket, coarser));
    }
    return run.length < due.length;
  }

  /** What is too much for the engine at once is tried in halves the next time. */
  async #rollFromSpans(level: Level, run: readonly number[]): Promise<void> {
    const buckets = [...new Set(run.map((bucket) => floorTo(bucket, level)))];
    try {
      await rollFromSpans({ ask: this.#ask, version: this.#version() }, { level, buckets });
      this.#maxBuckets = Math.min(this.#maxBuckets * 2, MAX_BUCKETS);
    } catch (error) {
      if (error instanceof QueryTooLarge || error instanceof QueryTimeout) {
        this.#maxBuckets = Math.max(1, Math.floor(run.length / 2));
      }
      throw error;
    }
  }

  /** The first of `due`, as many as one statement may take. */
  #firstRun(due: readonly number[]): number[] {
    const run: number[] = [];
    let publishes = 0;
    for (const bucket of due.slice(0, this.#maxBuckets)) {
      publishes += this.#dirty.get(bucket) ?? 0;
      const [first] = run;
      if (first !== undefined) {
        if (bucket - first >= MAX_SPAN_SECONDS || publishes > MAX_PUBLISHES) break;
        if (this.#levelAt(bucket) !== this.#levelAt(first)) break;
      }
      run.push(bucket);
    }
    return run;
  }

  async #computeCoarser(level: Level, rolledTo: number): Promise<void> {
    const buckets = this.#coarse.get(level)!;
    const due = [...buckets].filter((bucket) => bucket + level.seconds <= rolledTo);
    if (due.length === 0) return;
    await rollFromFiner({ ask: this.#ask, version: this.#version() }, { level, buckets: due });
    for (const bucket of due) {
      buckets.delete(bucket);
      if (level === MINUTE) this.#coarse.get(HOUR)!.add(floorTo(bucket, HOUR));
    }
  }

  /** Everything before it is computed, but for what came late and is dirty still. */
  #rolledTo(horizon: number): number {
    const before = this.#progress!.rolledTo;
    const ahead = [...this.#dirty.keys()].filter((bucket) => bucket >= before);
    return Math.max(before, Math.min(horizon, ...ahead));
  }

  /** Notes how far the rollups reach and from where on new rows have to be asked for again. */
  async #advance(rolledTo: number, takenUntil: number): Promise<void> {
    const before = this.#progress!;
    const inserted = Math.max(before.inserted, takenUntil);
    for (const key of this.#seen.keys()) if (secondOf(key) < inserted) this.#seen.delete(key);
    const progress = { ...this.#oldest(), version: before.version, inserted, rolledTo };
    if (rolledTo !== before.rolledTo) {
      progress.version = this.#version();
      await saveProgress(this.#ask, progress);
    }
    this.#progress = progress;
  }

  /** Grows, also when the clock was set back. */
  #version(): number {
    const version = Math.max(this.#nowMs(), this.#progress!.version + 1);
    this.#progress!.version = version;
    return version;
  }

  /** The finest level that is sure to keep the bucket of a second. */
  #levelAt(second: number): Level {
    const { oldestFine, oldestMinute } = this.#oldest();
    if (second >= oldestFine) return FINE;
    return second >= oldestMinute ? MINUTE : HOUR;
  }

  #oldest(): { oldestFine: number; oldestMinute: number } {
    const { keepDays } = this.#options;
    const since = (days: number): number =>
      Math.max(0, ceilTo(Math.floor(this.#nowMs() / 1000) - days * 86_400, HOUR));
    return { oldestFine: since(keepDays['10s']), oldestMinute: since(keepDays['1m']) };
  }
}

const keyOf = ({ source, second }: InsertedSecond): string => `${source} ${second}`;
const secondOf = (key: string): number => Number(key.slice(key.indexOf(' ') + 1));

/** The first seconds with so many rows together; one at least. */
function firstRows(seconds: readonly InsertedSecond[], max: number): readonly InsertedSecond[] {
  let rows = 0;
  for (const [index, at] of seconds.entries()) {
    rows += at.rows;
    if (rows > max && index > 0) return seconds.slice(0, index);
  }
  return seconds;
}
