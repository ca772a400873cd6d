import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { avro } from '../codecs/avro/index.ts';
import type { Codec, Format, SchemaSource } from '../codecs/codec.ts';
import { json } from '../codecs/json/index.ts';
import { protobuf } from '../codecs/protobuf/index.ts';
import {
  COMPATIBILITY_MODES,
  type CompatibilityMode,
  problemsOf,
  type Version,
} from './compatibility.ts';

/**
 * Histories of a subject: each schema is taken when the mode allows it, as on register. Then values are
 * written with one version and read with another by the codecs, whatever the rules thought of them.
 */

/** Fields of a version: which are there, each mandatory or not, and what it holds. */
interface Field {
  name: 'a' | 'b' | 'c';
  type: 'int' | 'string';
  isOptional: boolean;
}
const fields: fc.Arbitrary<Field[]> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('a' as const, 'b' as const, 'c' as const),
      type: fc.constantFrom('int' as const, 'int' as const, 'int' as const, 'string' as const),
      isOptional: fc.boolean(),
    }),
    { selector: ({ name }) => name, maxLength: 3 },
  )
  .map((some) => some.toSorted((x, y) => x.name.localeCompare(y.name)));

const NUMBERS = { a: 1, b: 2, c: 3 };
const JSON_TYPES = { int: 'integer', string: 'string' };
const WAYS: Record<string, { format: Format; text: (of: Field[]) => string }> = {
  avro: {
    format: avro,
    text: (of) =>
      JSON.stringify({
        type: 'record',
        name: 'R',
        fields: of.map(({ name, type, isOptional }) => ({
          name,
          type,
          ...(isOptional && { default: type === 'int' ? 0 : '' }),
        })),
      }),
  },
  json: {
    format: json,
    text: (of) =>
      JSON.stringify({
        type: 'object',
        properties: Object.fromEntries(
          of.map(({ name, type }) => [name, { type: JSON_TYPES[type] }]),
        ),
        required: of.filter(({ isOptional }) => !isOptional).map(({ name }) => name),
      }),
  },
  protobuf: {
    format: protobuf,
    text: (of) =>
      `syntax = "proto3"; message R { ${of
        .map(
          ({ name, type, isOptional }) =>
            `${isOptional ? 'optional ' : ''}${type === 'int' ? 'int32' : type} ${name} = ${NUMBERS[name]};`,
        )
        .join(' ')} }`,
  },
};

/** All fields, and only those that must be there. JSON knows no other way to leave one out. */
const samples = (of: Field[], format: Format): object[] => {
  const value = ({ name, type }: Field) => [name, type === 'int' ? 7 : 'x'] as const;
  const all = Object.fromEntries(of.map(value));
  return format === json
    ? [all, Object.fromEntries(of.filter(({ isOptional }) => !isOptional).map(value))]
    : [all];
};

/** Compiled once: validators take milliseconds, and there are few schemas. */
const codecs = new Map<string, Codec>();
function codecOf(format: Format, source: SchemaSource): Codec {
  const key = `${format.name} ${source.text}`;
  const known = codecs.get(key);
  if (known) return known;
  const made = format.codec(source);
  codecs.set(key, made);
  return made;
}

function reads(
  format: Format,
  {
    reader,
    writer,
    fieldsWritten,
  }: { reader: SchemaSource; writer: SchemaSource; fieldsWritten: Field[] },
): boolean {
  const [read, written] = [codecOf(format, reader), codecOf(format, writer)];
  return samples(fieldsWritten, format).every((sample) => {
    try {
      const got = read.decode(written.encode(sample), written) as Record<string, unknown>;
      const known = Object.keys(got).filter((name) => name in sample);
      return known.every((name) => got[name] === (sample as Record<string, unknown>)[name]);
    } catch {
      return false;
    }
  });
}

interface Taken extends Version {
  fields: Field[];
}

/** The versions that a subject under `mode` would have after these were offered. */
function history(way: (typeof WAYS)[string], mode: CompatibilityMode, offered: Field[][]): Taken[] {
  const taken: Taken[] = [];
  for (const of of offered) {
    const next = { format: way.format, source: { text: way.text(of) } };
    if (problemsOf(mode, next, taken).length > 0) continue;
    taken.push({ ...next, version: taken.length + 1, fields: of });
  }
  return taken;
}

/** Asserts what `mode` says of every pair of versions that it compares; the number of those pairs. */
function keepsItsPromise(
  way: (typeof WAYS)[string],
  mode: CompatibilityMode,
  offered: Field[][],
): number {
  const taken = history(way, mode, offered);
  if (mode === 'NONE') assert.equal(taken.length, offered.length);
  const isTransitive = mode.endsWith('_TRANSITIVE');
  let pairs = 0;
  for (const newer of taken) {
    for (const older of taken.slice(0, newer.version - 1)) {
      if (!isTransitive && older.version !== newer.version - 1) continue;
      const back = { reader: newer.source, writer: older.source, fieldsWritten: older.fields };
      const forth = { reader: older.source, writer: newer.source, fieldsWritten: newer.fields };
      const context = `${mode} ${older.source.text} ${newer.source.text}`;
      if (/^(BACKWARD|FULL)/.test(mode)) assert.ok(reads(way.format, back), context);
      if (/^(FORWARD|FULL)/.test(mode)) assert.ok(reads(way.format, forth), context);
      pairs += 1;
    }
  }
  return pairs;
}

for (const [name, way] of Object.entries(WAYS)) {
  test(`${name}: what each mode promises of a subject's history holds for the codec`, () => {
    const seen: Record<string, number> = {};
    fc.assert(
      fc.property(fc.array(fields, { minLength: 2, maxLength: 8 }), (offered) => {
        for (const mode of COMPATIBILITY_MODES) {
          seen[mode] = (seen[mode] ?? 0) + keepsItsPromise(way, mode, offered);
        }
      }),
      { numRuns: 40 },
    );
    // Each mode met histories of several versions, or the promises were never asked for.
    for (const mode of COMPATIBILITY_MODES) assert.ok(seen[mode], JSON.stringify(seen));
  });
}

/** A mode that looks at the latest only cannot promise more, or the transitive ones were the same. */
test('without transitivity an older version may be unreadable', () => {
  const step = (...of: Field[]) => of;
  const text = { name: 'a', type: 'string', isOptional: false } as const;
  const number = { name: 'a', type: 'int', isOptional: true } as const;
  const offered = [step(text), step(), step(number)];
  const way = WAYS.avro as (typeof WAYS)[string];
  const [first, , third] = history(way, 'BACKWARD', offered);
  assert.ok(first && third);
  const back = { reader: third.source, writer: first.source, fieldsWritten: first.fields };
  assert.equal(reads(avro, back), false);
  assert.equal(history(way, 'BACKWARD_TRANSITIVE', offered).length, 2);
});
