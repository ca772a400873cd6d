import { parseRfc3339 } from '@hopline/model';

/**
 * Typed reads from JSON of unknown shape. A field that is missing or of another type reads as the empty
 * value of its type, so a decoder never throws and newer servers' fields do no harm.
 */
export type Fields = Readonly<Record<string, unknown>>;

const MAX_UINT64 = 2n ** 64n;
const MAX_INT64 = 2n ** 63n;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON object in `text`, or null when it is not one. */
export function parseFields(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

export const fieldsAt = (from: Fields, key: string): Fields =>
  isFields(from[key]) ? from[key] : {};

/** The objects in an array; everything else in it is left out. */
export const listAt = (from: Fields, key: string): Fields[] =>
  Array.isArray(from[key]) ? from[key].filter(isFields) : [];

export const textAt = (from: Fields, key: string): string =>
  typeof from[key] === 'string' ? from[key] : '';

export const textsAt = (from: Fields, key: string): string[] =>
  Array.isArray(from[key]) ? from[key].filter((item) => typeof item === 'string') : [];

/** An integer within `[min, max]`; `otherwise` when it is anything else. */
export function integerAt(
  from: Fields,
  key: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER, otherwise = 0 } = {},
): number {
  const value = from[key];
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
    ? (value as number)
    : otherwise;
}

/** A uint64 as a decimal string, '0' when it is anything else. */
export function uint64At(from: Fields, key: string): string {
  const value = from[key];
  if (!Number.isInteger(value) || (value as number) < 0) return '0';
  // Past 2^53 JSON numbers are rounded; the rounded value can reach 2^64 itself.
  const exact = BigInt(value as number);
  return exact < MAX_UINT64 ? exact.toString() : '0';
}

/** An RFC 3339 time as Unix ns; null when it is none, or outside what the store can hold. */
export function timeAt(from: Fields, key: string): string | null {
  const at = parseRfc3339(textAt(from, key));
  return at !== null && at > 0n && at < MAX_INT64 ? at.toString() : null;
}

/** Any finite number; 0 when it is none, as a field that is left out means. */
export function numberAt(from: Fields, key: string): number {
  const value = from[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

export const flagAt = (from: Fields, key: string): boolean => from[key] === true;

/** Unix milliseconds of an RFC 3339 time; NaN when it is none. */
export function unixMsAt(from: Fields, key: string): number {
  const ns = parseRfc3339(textAt(from, key));
  return ns === null ? Number.NaN : Number(ns / 1_000_000n);
}
