import { durationNs, formatDuration } from '@hopline/model';

/** `950`, `12.4k`, `3.1M`; unknown is a dash, never 0. */
export function countText(count: number | null): string {
  if (count === null) return '–';
  if (count < 10_000) return String(Math.round(count * 10) / 10);
  const [unit, size] = count < 1e6 ? ['k', 1e3] : count < 1e9 ? ['M', 1e6] : ['G', 1e9];
  return `${(count / Number(size)).toFixed(1).replace(/\.0$/, '')}${unit}`;
}

/** Messages a second. */
export const rateText = (perSecond: number | null): string =>
  perSecond === null ? '–' : `${countText(perSecond)}/s`;

export function secondsText(seconds: number | null): string {
  if (seconds === null) return '–';
  return seconds === 0 ? '0 s' : formatDuration(durationNs(BigInt(Math.round(seconds * 1e9))));
}

/** In powers of 1024. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
