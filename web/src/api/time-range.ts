/** `last` moves with the clock (and can be live); `between` stands still, for links that are shared. */
export type TimeRange =
  | { kind: 'last'; key: QuickRange }
  | { kind: 'between'; fromMs: number; toMs: number };

export const QUICK_RANGES = {
  '5m': { label: 'Last 5 minutes', ms: 5 * 60_000 },
  '15m': { label: 'Last 15 minutes', ms: 15 * 60_000 },
  '1h': { label: 'Last hour', ms: 3_600_000 },
  '6h': { label: 'Last 6 hours', ms: 6 * 3_600_000 },
  '24h': { label: 'Last 24 hours', ms: 24 * 3_600_000 },
  '7d': { label: 'Last 7 days', ms: 7 * 24 * 3_600_000 },
} as const;
export type QuickRange = keyof typeof QUICK_RANGES;

export const DEFAULT_RANGE: QuickRange = '15m';

export const isQuickRange = (text: unknown): text is QuickRange =>
  typeof text === 'string' && Object.hasOwn(QUICK_RANGES, text);

/** The range as the API takes it. A moving range has no `to`: the server's now is the better one. */
export function rangeQuery(range: TimeRange, nowMs: number): { from: string; to?: string } {
  if (range.kind === 'last') return { from: unixNsOf(nowMs - QUICK_RANGES[range.key].ms) };
  return { from: unixNsOf(range.fromMs), to: unixNsOf(range.toMs) };
}

const unixNsOf = (ms: number): string => `${Math.round(ms)}000000`;
