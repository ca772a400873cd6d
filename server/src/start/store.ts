import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { type ChdbDatabase, createChdbDatabase } from '../store/chdb/driver.ts';
import type { Logger } from '../telemetry/logger.ts';
import { rollupDays } from './rollups.ts';

const FIRST_WAIT_MS = 200;
const LAST_WAIT_MS = 5_000;

/** The store and whether its schema is in place. */
export interface OpenStore extends AsyncDisposable {
  database: ChdbDatabase;
  /** The schema is what the code expects. */
  isMigrated(): boolean;
  /** Why it is not; '' while nothing is known to be wrong. */
  error(): string;
  /** Settles once the schema is in place, or the store is closed before that. Never rejects. */
  readonly migration: Promise<void>;
}

/**
 * Starts the engine and migrates as soon as it answers, however often that takes: the doors are open
 * meanwhile.
 */
export async function openStore(config: Config, log: Logger): Promise<OpenStore> {
  const { dataDir, store } = config;
  const database = await createChdbDatabase({
    dataDir,
    ...store,
    rollupDays: rollupDays(config),
    log,
  });
  const stop = new AbortController();
  let isMigrated = false;
  let error = '';

  async function migrate(): Promise<void> {
    for (
      let waitMs = FIRST_WAIT_MS;
      !stop.signal.aborted;
      waitMs = Math.min(waitMs * 2, LAST_WAIT_MS)
    ) {
      try {
        await database.migrate();
        isMigrated = true;
        error = '';
        log.info({ engine: database.engine }, 'store ready');
        return;
      } catch (cause) {
        if (stop.signal.aborted) return;
        error = cause instanceof Error ? cause.message : String(cause);
        log.error({ err: cause }, 'cannot prepare the store, trying again');
        await sleep(waitMs, null, { signal: stop.signal }).catch(() => {});
      }
    }
  }

  const migration = migrate();
  return {
    database,
    isMigrated: () => isMigrated,
    error: () => error,
    migration,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await database[Symbol.asyncDispose]();
      await migration;
    },
  };
}
