import { durationNs, formatDuration } from '@hopline/model';

/** A duration in seconds in its shortest readable unit; unknown is a dash, never 0. */
export function secondsLabel(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds === 0) return '0 s';
  return formatDuration(durationNs(BigInt(Math.round(seconds * 1e9))));
}
