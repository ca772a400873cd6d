import assert from 'node:assert/strict';
import { test } from 'node:test';
import avsc, { type Type } from 'avsc';
import fc from 'fast-check';
import { avro } from './avro/index.ts';
import { json } from './json/index.ts';
import { protobuf } from './protobuf/index.ts';

/** Each compiles validators. */
const JSON_RUNS = { numRuns: 60 };

/* Avro: the rules say yes exactly when the library makes a resolver, and then it reads every value. */

const NAMES = ['a', 'b', 'c'];
const primitive = fc.constantFrom(
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'string',
  'bytes',
);
const { type: avroType } = fc.letrec<{ type: unknown; simple: unknown }>((tie) => ({
  simple: primitive,
  type: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { arbitrary: primitive, weight: 4 },
    { arbitrary: tie('type').map((items) => ({ type: 'array', items })), weight: 1 },
    { arbitrary: tie('type').map((values) => ({ type: 'map', values })), weight: 1 },
    { arbitrary: fc.uniqueArray(primitive, { minLength: 1, maxLength: 3 }), weight: 2 },
    {
      arbitrary: fc
        .record({
          symbols: fc.uniqueArray(fc.constantFrom('X', 'Y', 'Z'), { minLength: 1 }),
          defaulted: fc.boolean(),
        })
        .map(({ symbols, defaulted }) => ({
          type: 'enum',
          name: 'E',
          symbols,
          ...(defaulted ? { default: symbols[0] } : {}),
        })),
      weight: 1,
    },
    {
      arbitrary: fc.integer({ min: 1, max: 2 }).map((size) => ({ type: 'fixed', name: 'F', size })),
      weight: 1,
    },
  ),
}));
const avroRecord = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...NAMES),
      type: avroType,
      nullable: fc.boolean(),
      alias: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
    }),
    { selector: ({ name }) => name, maxLength: 3 },
  )
  .map((fields) => ({
    type: 'record',
    name: 'R',
    fields: fields.map(({ name, type, nullable, alias }) => ({
      name,
      ...(alias && alias !== name ? { aliases: [alias] } : {}),
      ...(nullable && typeof type === 'string' && type !== 'null'
        ? { type: ['null', type], default: null }
        : { type }),
    })),
  }));

/** Undefined for what no schema can be, as two types of one name. */
function parsedAvro(schema: object): Type | undefined {
  try {
    return avsc.Type.forSchema(schema as never);
  } catch {
    return undefined;
  }
}

test('avro: the rules are those of the resolver', () => {
  const seen = { yes: 0, no: 0 };
  fc.assert(
    fc.property(avroRecord, avroRecord, (read, written) => {
      const [reader, writer] = [parsedAvro(read), parsedAvro(written)];
      fc.pre(reader !== undefined && writer !== undefined);
      const [r, w] = [read, written].map((schema) => ({ text: JSON.stringify(schema) }));
      const found = avro.incompatibilities(r!, w!);
      let resolves = true;
      try {
        reader.createResolver(writer);
      } catch {
        resolves = false;
      }
      seen[resolves ? 'yes' : 'no'] += 1;
      assert.equal(found.length === 0, resolves, JSON.stringify(found));
      if (!resolves) return;
      const [readCodec, writeCodec] = [avro.codec(r!), avro.codec(w!)];
      for (let i = 0; i < 5; i += 1) {
        const bytes = writer.toBuffer(writer.random());
        const value = readCodec.decode(bytes, writeCodec);
        assert.deepEqual(readCodec.check(value), []);
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(seen.yes > 20 && seen.no > 20, JSON.stringify(seen));
});

/* Protobuf: what the rules allow arrives unchanged; every refusal has a value that does not. */

const SCALARS: Record<string, fc.Arbitrary<unknown>> = {
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  sint32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fixed32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  sint64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  double: fc.double({ noNaN: true }),
  bool: fc.boolean(),
  string: fc.string({ unit: 'grapheme' }),
  bytes: fc.uint8Array({ maxLength: 8 }),
};
const LABELS = ['', 'optional ', 'repeated '];
const oneField = fc.record({
  type: fc.constantFrom(...Object.keys(SCALARS)),
  label: fc.constantFrom(...LABELS),
  number: fc.integer({ min: 1, max: 3 }),
});
type OneField = typeof oneField extends fc.Arbitrary<infer T> ? T : never;
const protoOf = ({ type, label, number }: OneField): { text: string } => ({
  text: `syntax = "proto3"; message M { ${label}${type} v = ${number}; bool other = 9; }`,
});

const shape = (value: unknown): string => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return `[${value.map(shape)}]`;
  return typeof value === 'string' ? Buffer.from(value).toString('latin1') : String(value);
};

test('protobuf: what the rules allow arrives unchanged, what they refuse does not', () => {
  const seen = { yes: 0, no: 0 };
  // Mostly one difference: fields that differ in everything are never compatible.
  const change = fc.constantFrom<(keyof OneField)[]>(
    ['type'],
    ['label'],
    ['number'],
    ['type', 'label', 'number'],
  );
  const pairs = fc.tuple(oneField, oneField, change).chain(([written, other, differ]) => {
    const read = { ...written, ...Object.fromEntries(differ.map((key) => [key, other[key]])) };
    const one = SCALARS[written.type] as fc.Arbitrary<unknown>;
    const value = written.label === 'repeated ' ? fc.array(one, { minLength: 1 }) : one;
    return fc.record({
      read: fc.constant(read),
      written: fc.constant(written),
      samples: fc.array(value, { minLength: 20, maxLength: 20 }),
    });
  });
  fc.assert(
    fc.property(pairs, ({ read, written, samples }) => {
      const [r, w] = [protoOf(read), protoOf(written)];
      const found = protobuf.incompatibilities(r, w);
      seen[found.length === 0 ? 'yes' : 'no'] += 1;
      const [reader, writer] = [protobuf.codec(r), protobuf.codec(w)];
      const arrives = (v: unknown): boolean => {
        try {
          const got = reader.decode(writer.encode({ v })) as { v?: unknown };
          // Without presence a default is not sent; "not there" is how a reader with presence says it.
          const isDefault = written.label === '' && /^(0|false|)$/.test(shape(v));
          return shape(got.v) === shape(v) || (isDefault && got.v === undefined);
        } catch {
          return false;
        }
      };
      if (found.length === 0) {
        assert.ok(samples.every(arrives), `${JSON.stringify(r)} ${JSON.stringify(w)}`);
      } else if (samples.every(arrives)) {
        // Only types whose values may coincide, such as a small int64 that is read as int32.
        assert.match(found[0]?.rule ?? '', /^field_(type|number|cardinality)$/);
        assert.ok(COINCIDE.has(`${written.type}>${read.type}`), `${written.type} ${read.type}`);
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(seen.yes > 20 && seen.no > 20, JSON.stringify(seen));
});

/** Writer and reader types that share their encoding for some values. */
const COINCIDE = new Set([
  'int64>int32',
  'uint64>int32',
  'uint32>int32',
  'int64>uint32',
  'uint64>uint32',
  'int32>uint32',
  'uint64>int64',
  'int64>uint64',
  'int32>uint64',
  'sint64>sint32',
  'bytes>string',
]);

/* JSON Schema: what the rules allow is valid for the reader, whatever a writer declares and sends. */

const leafSchemas: readonly object[] = [
  { type: 'integer' },
  { type: 'number' },
  { type: 'string' },
  { type: ['string', 'null'] },
  { type: 'integer', minimum: 0 },
  { type: 'integer', minimum: 3, maximum: 9 },
  { type: 'string', maxLength: 2 },
  { enum: ['a', 'b'] },
  { enum: ['a'] },
  { const: 1 },
  { type: 'array', items: { type: 'integer' } },
  { type: 'array', items: { type: 'number' }, maxItems: 2 },
  { anyOf: [{ type: 'string' }, { type: 'integer' }] },
  { type: 'object', properties: { x: { type: 'integer' } }, required: ['x'] },
  { type: 'object', properties: { x: { type: 'integer' }, y: {} }, additionalProperties: false },
  { $ref: '#/$defs/d' },
  {},
];
const leafValues: readonly unknown[] = [
  null,
  true,
  0,
  1,
  4,
  -2,
  1.5,
  10,
  '',
  'a',
  'b',
  'abc',
  [],
  [1],
  [1.5],
  [1, 2, 3],
  ['a'],
  {},
  { x: 1 },
  { x: 'a' },
  { x: 1, y: 2 },
];
const jsonSchema = fc
  .record({
    properties: fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...leafSchemas), {
      maxKeys: 3,
    }),
    required: fc.uniqueArray(fc.constantFrom(...NAMES)),
    rest: fc.constantFrom<unknown>(undefined, undefined, false, true, { type: 'integer' }),
    d: fc.constantFrom(...leafSchemas.filter((schema) => !('$ref' in schema))),
  })
  .map(({ properties, required, rest, d }) => ({
    type: 'object',
    properties: { ...properties },
    required: required.filter((name) => Object.hasOwn(properties, name)),
    ...(rest === undefined ? {} : { additionalProperties: rest }),
    $defs: { d },
  }));
const values = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...leafValues), {
  maxKeys: 3,
});

test('json: what the rules allow is valid for the reader', () => {
  const seen = { yes: 0, no: 0, read: 0 };
  // Half of the pairs differ in one property only: unrelated schemas are hardly ever compatible.
  const pairs = fc.tuple(jsonSchema, jsonSchema, fc.boolean()).map(([one, other, isNear]) => {
    const near = { ...other, properties: { ...one.properties, ...other.properties }, required: [] };
    return [isNear ? near : other, one] as const;
  });
  fc.assert(
    fc.property(
      pairs,
      fc.array(values, { minLength: 30, maxLength: 30 }),
      ([read, written], list) => {
        const [r, w] = [{ text: JSON.stringify(read) }, { text: JSON.stringify(written) }];
        const isAllowed = json.incompatibilities(r, w).length === 0;
        seen[isAllowed ? 'yes' : 'no'] += 1;
        if (!isAllowed) return;
        const [reader, writer] = [json.codec(r), json.codec(w)];
        for (const raw of list) {
          const value = declaredOnly(written, { ...raw });
          if (writer.check(value).length > 0) continue;
          seen.read += 1;
          assert.deepEqual(reader.check(value), [], JSON.stringify(value));
        }
      },
    ),
    JSON_RUNS,
  );
  assert.ok(seen.yes > 3 && seen.no > 3 && seen.read > 3, JSON.stringify(seen));
});

/** A writer sends what its schema declares, and more only where it says so. */
function declaredOnly(schema: unknown, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { properties = {}, additionalProperties } = schema as {
    properties?: Record<string, unknown>;
    additionalProperties?: unknown;
  };
  const kept = Object.entries(value).filter(
    ([name]) => Object.hasOwn(properties, name) || additionalProperties !== undefined,
  );
  return Object.fromEntries(
    kept.map(([name, inner]) => [name, declaredOnly(properties[name] ?? {}, inner)]),
  );
}
