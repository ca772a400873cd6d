import { DEFAULT_RANGE, isQuickRange, type TimeRange } from '../api/time-range.ts';

/**
 * The part of the address that every page keeps: `?range=1h`, or `?from=…&to=…` (ISO 8601), and
 * `live=off`. The default range stands for itself and is left out.
 */
export interface RangeSearch {
  range?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  live?: 'off' | undefined;
}

export const RANGE_KEYS = ['range', 'from', 'to', 'live'] as const;

/** What of `search` is valid; the rest is dropped, so that a bad link shows the default. */
export function parseRangeSearch(search: Record<string, unknown>): RangeSearch {
  const parsed: RangeSearch = {};
  if (search.live === 'off') parsed.live = 'off';
  const from = isoMs(search.from);
  const to = isoMs(search.to);
  if (from !== null && to !== null && from < to) {
    parsed.from = new Date(from).toISOString();
    parsed.to = new Date(to).toISOString();
  } else if (isQuickRange(search.range) && search.range !== DEFAULT_RANGE) {
    parsed.range = search.range;
  }
  return parsed;
}

export function rangeOfSearch(search: RangeSearch): TimeRange {
  if (search.from && search.to) {
    return { kind: 'between', fromMs: Date.parse(search.from), toMs: Date.parse(search.to) };
  }
  return { kind: 'last', key: isQuickRange(search.range) ? search.range : DEFAULT_RANGE };
}

/** The keys that differ from `range`'s own are set to undefined, so that they leave the address. */
export function searchOfRange(range: TimeRange): {
  [key in 'range' | 'from' | 'to']: string | undefined;
} {
  if (range.kind === 'last') {
    const key = range.key === DEFAULT_RANGE ? undefined : range.key;
    return { range: key, from: undefined, to: undefined };
  }
  const iso = (ms: number): string => new Date(ms).toISOString();
  return { range: undefined, from: iso(range.fromMs), to: iso(range.toMs) };
}

function isoMs(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}

/**
 * The address's query as plain text both ways. The router's own reading takes values for JSON, which
 * turns a search for `1e5` or a numeric id into another text.
 */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : '';
}
