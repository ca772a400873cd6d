import { parseDurationNs } from './compat/duration.ts';
import type { Fields } from './fields.ts';

/**
 * Thresholds that the owner of a stream or consumer wrote into its metadata (`io.nats.monitor.*`, the keys
 * of natscli's `check`). Ages are seconds, the rest counts.
 */
export type Thresholds = Readonly<Record<string, number>>;

const MONITOR_KEY_PREFIX = 'io.nats.monitor.';

const AGES = new Set([
  'seen-critical',
  'peer-seen-critical',
  'last-delivery-critical',
  'last-ack-critical',
]);
const COUNTS = new Set([
  'lag-critical',
  'min-sources',
  'max-sources',
  'peer-expect',
  'peer-lag-critical',
  'msgs-warn',
  'msgs-critical',
  'subjects-warn',
  'subjects-critical',
  'outstanding-ack-critical',
  'waiting-critical',
  'unprocessed-critical',
  'redelivery-critical',
]);
/** Null where there is none, or `enabled` says no. A value that cannot be read is left out. */
export function thresholdsOf(metadata: Fields): Thresholds | null {
  const found: Record<string, number> = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (!key.startsWith(MONITOR_KEY_PREFIX) || typeof value !== 'string') continue;
    const name = key.slice(MONITOR_KEY_PREFIX.length);
    if (name === 'enabled' && !/^(1|t|true)$/i.test(value)) return null;
    const limit = AGES.has(name) ? ageSeconds(value) : COUNTS.has(name) ? count(value) : null;
    if (limit !== null) found[name] = limit;
  }
  return Object.keys(found).length === 0 ? null : found;
}

function count(text: string): number | null {
  return /^\d+$/.test(text.trim()) ? Number(text) : null;
}

/** `90`, `1m30s`, `1.5h`. */
function ageSeconds(text: string): number | null {
  const seconds = count(text) ?? parseDurationNs(text.trim()) / 1e9;
  return Number.isFinite(seconds) ? seconds : null;
}
