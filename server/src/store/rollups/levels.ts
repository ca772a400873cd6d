/** A level of the rollups: one table of each kind holds its buckets. */
export interface Level {
  name: '10s' | '1m' | '1h';
  seconds: number;
}

export const FINE: Level = { name: '10s', seconds: 10 };
export const MINUTE: Level = { name: '1m', seconds: 60 };
export const HOUR: Level = { name: '1h', seconds: 3600 };
/** Finest first; each holds whole buckets of the one before. */
export const LEVELS: readonly Level[] = [FINE, MINUTE, HOUR];

export const SECOND_NS = 1_000_000_000n;

/** The begin of the bucket that holds a second. */
export const floorTo = (second: number, { seconds }: Level): number => second - (second % seconds);
export const ceilTo = (second: number, level: Level): number =>
  floorTo(second + level.seconds - 1, level);

/** Days for which each level is kept. */
export type RollupDays = Record<Level['name'], number>;
/** Unless a setting says otherwise. */
export const ROLLUP_DAYS: RollupDays = { '10s': 2, '1m': 14, '1h': 180 };
