import { STAGES } from '@hopline/model';
import type { StageOrTotal } from '@hopline/model/api';
import type { PathFilter } from '../api/latency.ts';
import type { TimeRange } from '../api/time-range.ts';

/** What the address says of the latency page. Without a path it lists them all. */
export interface LatencySearch {
  producer?: string | undefined;
  /** A subject pattern as paths have it. */
  subject?: string | undefined;
  consumer?: string | undefined;
  /** Stage of the heat map and of the slowest messages; `total` is left out. */
  stage?: StageOrTotal | undefined;
  /** Stages of attempts after the first instead of those of the first. */
  attempts?: 're' | undefined;
  /** The part of the heat map that is marked: time in Unix ms, duration in ns. */
  at?: string | undefined;
  until?: string | undefined;
  min?: string | undefined;
  max?: string | undefined;
  /** What is compared with: the range before, or another consumer, or another range (Unix ms). */
  vs?: 'before' | undefined;
  vsConsumer?: string | undefined;
  vsFrom?: string | undefined;
  vsTo?: string | undefined;
  /** Part of the name of a path that is looked for. */
  find?: string | undefined;
  sort?: PathSort | undefined;
}

export const PATH_SORTS = ['rate', 'errors', 'p50', 'p99', 'name'] as const;
export type PathSort = (typeof PATH_SORTS)[number];

/** A part of the heat map. Null: not narrowed. */
export interface Brush {
  fromMs: number;
  toMs: number;
  minNs: bigint;
  /** Null: no upper end. */
  maxNs: bigint | null;
}

const MAX_CHARS = 500;
const SELECTABLE: readonly StageOrTotal[] = STAGES;

/** What of `search` is valid; the rest is dropped. */
export function parseLatencySearch(search: Record<string, unknown>): LatencySearch {
  const parsed: LatencySearch = {};
  for (const key of ['producer', 'subject', 'consumer', 'vsConsumer', 'find'] as const) {
    const value = search[key];
    if (typeof value === 'string' && value.trim() !== '') parsed[key] = value.slice(0, MAX_CHARS);
  }
  const stage = SELECTABLE.find((name) => name === search.stage);
  if (stage) parsed.stage = stage;
  if (search.attempts === 're') parsed.attempts = 're';
  if (search.vs === 'before') parsed.vs = 'before';
  const sort = PATH_SORTS.find((name) => name === search.sort);
  if (sort && sort !== 'rate') parsed.sort = sort;
  const isSpan = (from: string, to: string): boolean =>
    isWhole(search[from]) &&
    isWhole(search[to]) &&
    BigInt(String(search[from])) < BigInt(String(search[to]));
  if (isSpan('at', 'until')) {
    Object.assign(parsed, { at: String(search.at), until: String(search.until) });
    if (isWhole(search.min)) parsed.min = String(search.min);
    if (isWhole(search.max)) parsed.max = String(search.max);
  }
  if (isSpan('vsFrom', 'vsTo')) {
    Object.assign(parsed, { vsFrom: String(search.vsFrom), vsTo: String(search.vsTo) });
  }
  return parsed;
}

const isWhole = (value: unknown): boolean => /^\d{1,19}$/.test(String(value ?? ''));

export function pathOf(search: LatencySearch): PathFilter {
  const { producer, subject, consumer } = search;
  return {
    ...(producer ? { producer } : {}),
    ...(subject ? { subject } : {}),
    ...(consumer ? { consumer } : {}),
  };
}

export function brushOf(search: LatencySearch): Brush | null {
  const { at, until, min, max } = search;
  if (at === undefined || until === undefined) return null;
  return {
    fromMs: Number(at),
    toMs: Number(until),
    minNs: BigInt(min ?? '0'),
    maxNs: max === undefined ? null : BigInt(max),
  };
}

export function searchOfBrush(brush: Brush | null): {
  [key in 'at' | 'until' | 'min' | 'max']: string | undefined;
} {
  if (brush === null) return { at: undefined, until: undefined, min: undefined, max: undefined };
  return {
    at: String(Math.floor(brush.fromMs)),
    until: String(Math.ceil(brush.toMs)),
    min: brush.minNs === 0n ? undefined : String(brush.minNs),
    max: brush.maxNs === null ? undefined : String(brush.maxNs),
  };
}

/** The fixed range that is compared with; null when another thing, or nothing, is. */
export function comparedRange(search: LatencySearch): TimeRange | null {
  const { vsFrom, vsTo } = search;
  if (vsFrom === undefined || vsTo === undefined) return null;
  return { kind: 'between', fromMs: Number(vsFrom), toMs: Number(vsTo) };
}
