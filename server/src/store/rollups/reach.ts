import type { Database } from '../database.ts';
import { NOTHING_ROLLED, type RollupReach } from './range.ts';

/** How far the rollups reach now. */
export async function rollupReach(database: Database, timeoutMs: number): Promise<RollupReach> {
  const [row] = await database.query<Record<keyof RollupReach, number>>({
    tag: 'rollup-reach',
    sql: `SELECT toUnixTimestamp(rolled_to) AS rolledTo,
        toInt32(toUnixTimestamp(now()) - toUnixTimestamp(rolled_to)) AS behind, toUnixTimestamp(oldest_10s) AS oldestFine,
        toUnixTimestamp(oldest_1m) AS oldestMinute
      FROM rollup_progress ORDER BY version DESC LIMIT 1`,
    params: {},
    maxRows: 1,
    timeoutMs,
  });
  return row ?? NOTHING_ROLLED;
}
