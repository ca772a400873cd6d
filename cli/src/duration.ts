import { parseDurationNs } from '@hopline/model';
import { InvalidArgumentError, Option } from 'commander';

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** A timer cannot be set further ahead than this. */
const LONGEST_MS = 24 * 3_600_000;

/** Reads `500ms`, `30s`, `5m` or `1h`, at most 24h, as milliseconds. */
export function parseDuration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const durationMs = Number(number) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  if (Number.isFinite(durationMs) && durationMs > 0 && durationMs <= LONGEST_MS) return durationMs;
  throw new InvalidArgumentError('Write it as 30s, 5m or 1h, more than 0 and at most 24h.');
}

/** Reads a length as `formatDuration` writes it, `500ms` or `20 µs`, as nanoseconds in decimal. */
export function parseLength(text: string): string {
  const duration = parseDurationNs(text);
  if (duration !== null) return String(duration);
  throw new InvalidArgumentError('Write it as 20us, 500ms, 1.5s or 2m.');
}

/** `--since`, for the verbs that search; `initial` is written as a user would. */
export const sinceOption = (initial: string): Option =>
  new Option('--since <duration>', 'how far back to search')
    .argParser(parseDuration)
    .default(parseDuration(initial), initial);
