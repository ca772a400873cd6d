import type { Interval } from './interval.ts';

/**
 * What a metric's numbers are, whatever its TYPE line claims:
 * - `level`      now, up and down
 * - `total`      since the start of the server: only grows, 0 after a restart
 * - `setting`    of the configuration: does not change while the server runs
 * - `time`       a moment
 * - `text`       always 1, the text stands in a label
 */
export type Kind = 'level' | 'total' | 'setting' | 'time' | 'text';

export interface Metric {
  name: string;
  mode: Mode;
  kind: Kind;
  unit: string;
  range: Interval;
  /** Of a setting, when nobody set it. */
  byDefault?: number;
  /** Right on the leader only: the label that must be "true". */
  leaderLabel?: string;
  labels: readonly string[];
  /** Its series is there only while what it says is true. */
  isOccasional?: boolean;
  /** More labels come from metadata keys: `stream_meta_team`. */
  hasMetaLabels?: boolean;
  /** A trap that stands in no type and no unit. */
  trap?: 'status inverted' | 'falls' | 'counted twice' | 'percent of a core' | 'replicas counted';
}

/**
 * Whose names a rule uses: those of prometheus-nats-exporter (and of Hopline's exporter in its place),
 * of nats-surveyor, or Hopline's own.
 */
export const MODES = ['exporter', 'surveyor', 'native'] as const;
export type Mode = (typeof MODES)[number];
