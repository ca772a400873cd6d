/** A point in time: nanoseconds since the Unix epoch. */
export type UnixNs = bigint & { readonly __brand: 'UnixNs' };
/** A length of time in nanoseconds; may be negative before a clock correction. */
export type DurationNs = bigint & { readonly __brand: 'DurationNs' };

const NS_PER_MS = 1_000_000n;

export const unixNs = (value: bigint | string): UnixNs => BigInt(value) as UnixNs;
export const durationNs = (value: bigint | string): DurationNs => BigInt(value) as DurationNs;

export const unixNsFromMs = (ms: number): UnixNs =>
  (BigInt(Math.round(ms * 1000)) * 1000n) as UnixNs;

/** Whole milliseconds since the epoch; rounds down. */
export const unixMs = (at: UnixNs): number => Number(at / NS_PER_MS);

/** `to` minus `from`. */
export const elapsed = (from: UnixNs, to: UnixNs): DurationNs => (to - from) as DurationNs;

/** A duration as fractional milliseconds, for display and arithmetic that tolerates rounding. */
export const durationMs = (duration: DurationNs | bigint): number => Number(duration) / 1e6;

const RFC3339 = /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)$/;

/** Reads an RFC 3339 time with up to nine fraction digits, as nats-server writes them; else null. */
export function parseRfc3339(text: string): UnixNs | null {
  const match = RFC3339.exec(text);
  if (!match) return null;
  const [, seconds, fraction = '', zone = 'Z'] = match;
  const ms = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(ms)) return null;
  return (BigInt(ms) * NS_PER_MS + BigInt(fraction.padEnd(9, '0'))) as UnixNs;
}

/** RFC 3339 in UTC with nine fraction digits. */
export function formatRfc3339(at: UnixNs): string {
  const ns = ((at % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = new Date(Number((at - ns) / NS_PER_MS)).toISOString().slice(0, 19);
  return `${seconds}.${ns.toString().padStart(9, '0')}Z`;
}

/** A duration for people: three significant digits and the unit that keeps it short. */
export function formatDuration(duration: DurationNs | bigint): string {
  const ns = Number(duration);
  const size = Math.abs(ns);
  if (size < 1e3) return `${ns} ns`;
  if (size < 1e6) return `${significant(ns / 1e3)} µs`;
  if (size < 1e9) return `${significant(ns / 1e6)} ms`;
  if (size < 120e9) return `${significant(ns / 1e9)} s`;
  if (size < 7200e9) return `${significant(ns / 60e9)} min`;
  return `${significant(ns / 3600e9)} h`;
}

const UNIT_NS: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
};

/** Reads `500ms`, `1.5 s`, `20 µs` or `2h`, as `formatDuration` writes them; null for anything else. */
export function parseDurationNs(text: string): DurationNs | null {
  const [, number, unit = ''] = /^(\d{1,12}(?:\.\d{1,9})?) ?([a-zµ]+)$/.exec(text.trim()) ?? [];
  const unitNs = UNIT_NS[unit];
  const ns = Math.round(Number(number) * (unitNs ?? Number.NaN));
  return Number.isSafeInteger(ns) ? durationNs(BigInt(ns)) : null;
}

function significant(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
