import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import type { IntakeObserver } from '../intake/observer.ts';
import { type Database, Roller, type RollupDays } from '../store/store.ts';

interface Parts {
  database: Database;
  keepDays: RollupDays;
  observer: Pick<IntakeObserver, 'trouble'>;
  /** Settles once the store has its tables. */
  migration: Promise<void>;
}

/** Between two looks at what is new, where the first found nothing. */
const PAUSE_MS = 2_000;
/** After a round that computed something, so many times as long: the engine needs as long for one message as for many. */
const PAUSE_FACTOR = 6;
/** ... up to this: what was published shows within eight seconds (ADR 0006). */
const MOST_PAUSE_MS = 5_000;
/** A round that took long is followed by a longer pause all the same: inserts and questions come first. */
const LONG_PAUSE_FACTOR = 3;
/** ... up to this: where all is slow because others have the processor, waiting makes nothing quicker. */
const MOST_LONG_PAUSE_MS = 10_000;
const PAUSE_AFTER_ERROR_MS = 5_000;

/** The setting of each level. */
export const rollupDays = ({ rollups }: Config): RollupDays => ({
  '10s': rollups.fineDays,
  '1m': rollups.minuteDays,
  '1h': rollups.hourDays,
});

/** After a round that took so long and left something to do, or nothing. */
export function pauseAfter({ tookMs, isLeft }: { tookMs: number; isLeft: boolean }): number {
  const longMs = Math.min(tookMs * LONG_PAUSE_FACTOR, MOST_LONG_PAUSE_MS);
  if (isLeft) return longMs;
  const pauseMs = Math.min(Math.max(PAUSE_MS, tookMs * PAUSE_FACTOR), MOST_PAUSE_MS);
  return Math.max(pauseMs, longMs);
}

/** Keeps the rollups up to date until it is disposed. */
export function startRollups({ database, keepDays, observer, migration }: Parts): AsyncDisposable {
  const stop = new AbortController();
  const { signal } = stop;
  const roller = new Roller({ database, keepDays, signal });

  async function work(): Promise<void> {
    await migration;
    while (!signal.aborted) {
      const startedAt = performance.now();
      let pauseMs = 0;
      try {
        const isLeft = await roller.roll();
        pauseMs = pauseAfter({ tookMs: performance.now() - startedAt, isLeft });
      } catch (error) {
        if (signal.aborted) return;
        observer.trouble('cannot bring the rollups up to date yet', error);
        pauseMs = PAUSE_AFTER_ERROR_MS;
      }
      await sleep(pauseMs, null, { signal }).catch(() => {});
    }
  }

  const working = work();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the server stops'));
      await working;
    },
  };
}
