import type { Background } from './background.ts';
import type { RollupReach } from './range.ts';

/** Where the roller stands; Unix seconds. */
export interface Progress extends Omit<RollupReach, 'behind'> {
  /** Unix ms; every bucket was written with this or less. */
  version: number;
  /** Rows that the engine took before this are in the rollups, as far as these reach. */
  inserted: number;
}

export async function loadProgress(ask: Background): Promise<Progress> {
  const [row] = await ask<Progress>({
    tag: 'load-rollup-progress',
    sql: `SELECT toFloat64(rollup_progress.version) AS version, toUnixTimestamp(inserted) AS inserted, toUnixTimestamp(rolled_to) AS rolledTo,
        toUnixTimestamp(oldest_10s) AS oldestFine, toUnixTimestamp(oldest_1m) AS oldestMinute
      FROM rollup_progress ORDER BY rollup_progress.version DESC LIMIT 1`,
    params: {},
    maxRows: 1,
  });
  return row ?? { version: 0, inserted: 0, rolledTo: 0, oldestFine: 0, oldestMinute: 0 };
}

export async function saveProgress(ask: Background, progress: Progress): Promise<void> {
  await ask({
    tag: 'save-rollup-progress',
    sql: `INSERT INTO rollup_progress (version, inserted, rolled_to, oldest_10s, oldest_1m)
      SELECT {version:UInt64}, toDateTime({inserted:UInt32}, 'UTC'), toDateTime({rolledTo:UInt32}, 'UTC'),
        toDateTime({oldestFine:UInt32}, 'UTC'), toDateTime({oldestMinute:UInt32}, 'UTC')`,
    params: { ...progress },
    maxRows: 0,
  });
}
