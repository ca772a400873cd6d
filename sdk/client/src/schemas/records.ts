import { createHash } from 'node:crypto';
import type { FormatName } from '../codecs/codec.ts';
import type { CompatibilityMode } from './compatibility.ts';

/**
 * What lies in the bucket:
 *
 * | key             | value                                         | changes              |
 * |-----------------|-----------------------------------------------|----------------------|
 * | `subject.<s>`   | SubjectRecord; `<s>` is the escaped subject   | by revision          |
 * | `schema.<id>`   | SchemaRecord                                  | never                |
 * | `number.<n>`    | id of the schema that has this Confluent id   | never                |
 * | `config`        | `{ compatibility }` of subjects without one   | last writer wins     |
 */
export const CONFIG_KEY = 'config';
export const SUBJECT_PREFIX = 'subject.';
export const schemaKey = (id: string): string => `schema.${id}`;
export const numberKey = (number: number): string => `number.${number}`;

/** A schema under its content hash. */
export interface SchemaRecord {
  readonly id: string;
  /** 1 to 2^31-1: the id of the Confluent wire format, unique in the registry. */
  readonly number: number;
  readonly format: FormatName;
  /** As it was first registered. */
  readonly text: string;
  readonly references: readonly Reference[];
}

export interface Reference {
  /** As the text says it. */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
  readonly id: string;
}

export interface VersionRecord {
  /** From 1, without gaps. */
  readonly version: number;
  readonly semver: string;
  readonly id: string;
  readonly number: number;
  readonly format: FormatName;
  /** UTC, ISO 8601. */
  readonly createdAt: string;
}

export interface SubjectRecord {
  readonly subject: string;
  /** Undefined: the registry's own. */
  readonly compatibility?: CompatibilityMode | undefined;
  /** Oldest first. */
  readonly versions: readonly VersionRecord[];
}

/** Keys of a bucket have few characters, subjects have wildcards and Confluent's have any. */
export function subjectKey(subject: string): string {
  const escaped = Buffer.from(subject)
    .toString('latin1')
    .replace(/[^A-Za-z0-9_-]/g, (char) => `=${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `${SUBJECT_PREFIX}${escaped}`;
}

export function subjectOfKey(key: string): string {
  const bytes = key
    .slice(SUBJECT_PREFIX.length)
    .replace(/=([0-9a-f]{2})/g, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** 128 bits of SHA-256 over the format, the canonical form and what is referred to, in hex. */
export function contentId(
  format: FormatName,
  canonical: string,
  references: readonly Reference[],
): string {
  const hash = createHash('sha256').update(`${format}\n${canonical}\n`);
  for (const { name, id } of references) hash.update(`${name}\n${id}\n`);
  return hash.digest('hex').slice(0, 32);
}

/** Where the search for a free number starts. */
export function firstNumber(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16) & 0x7fff_ffff || 1;
}

export const nextNumber = (number: number): number => (number % 0x7fff_ffff) + 1;
