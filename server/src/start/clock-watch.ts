import { setTimeout as sleep } from 'node:timers/promises';
import { type UnixNs, unixNsFromMs } from '@hopline/model';
import { type Database, noteClockWindows } from '../store/store.ts';

const NS_PER_SECOND = 1_000_000_000n;
/** What belongs together is stored within this time, on clocks that are off by no more than a minute. */
const LOOK_BACK_NS = 240n * NS_PER_SECOND;
const LOOK_AHEAD_NS = 60n * NS_PER_SECOND;
/** At the start: what came while nobody looked. */
const FIRST_LOOK_BACK_NS = 3600n * NS_PER_SECOND;
const TIMEOUT_MS = 60_000;

export interface ClockWatchOptions {
  database: Database;
  /** `insight.clockIntervalSeconds` */
  intervalMs: number;
  /** Settles when the store has its tables. */
  migration: Promise<void>;
  /** Told of every look that failed; the next one goes on. */
  onTrouble: (what: string, error: unknown) => void;
}

/** Keeps noting how far the clocks of processes are ahead of the servers'. Disposing it breaks a look off. */
export function startClockWatch(options: ClockWatchOptions): AsyncDisposable {
  const { database, intervalMs, migration, onTrouble } = options;
  const stop = new AbortController();
  const { signal } = stop;

  async function watch(): Promise<void> {
    await Promise.race([migration, stopped(signal)]);
    for (let back = FIRST_LOOK_BACK_NS; !signal.aborted; back = LOOK_BACK_NS) {
      const now = unixNsFromMs(Date.now());
      const [from, to] = [(now - back) as UnixNs, (now + LOOK_AHEAD_NS) as UnixNs];
      const look = { from, to, timeoutMs: TIMEOUT_MS, signal };
      await noteClockWindows(database, look).catch((error: unknown) => {
        if (!signal.aborted) onTrouble('cannot compare clocks', error);
      });
      await sleep(intervalMs, null, { signal }).catch(() => {});
    }
  }

  const watching = watch();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watching;
    },
  };
}

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
