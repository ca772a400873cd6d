import type { DurationNs } from './time.ts';

/**
 * The stages of one delivery, in the order of the journey (docs/message-model.md). `transit` stands
 * for neighbouring stages that cannot be told apart because a mark between them is missing.
 */
export const STAGES = [
  'send',
  'broker',
  'store',
  'queue',
  'deliver',
  'transit',
  'buffer',
  'process',
  'settle',
] as const;
export type StageName = (typeof STAGES)[number];

/** How a figure was got: between marks of one clock, between corrected clocks, or not at all. */
export type Provenance = 'measured' | 'derived' | 'adjusted' | 'unknown';

export interface Stage {
  name: StageName;
  /** The stages this one stands for, when it is `transit`. */
  merged?: StageName[];
  /** Null when unknown; unknown is never 0. */
  duration: DurationNs | null;
  provenance: Provenance;
  /** The difference as the clocks gave it, where `adjusted`. */
  raw?: DurationNs;
}
