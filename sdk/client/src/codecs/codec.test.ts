import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { avro } from './avro/index.ts';
import type { Format, SchemaSource } from './codec.ts';
import { json } from './json/index.ts';
import { protobuf } from './protobuf/index.ts';

interface Subject {
  format: Format;
  schema: SchemaSource;
  /** The same schema, written down differently. */
  respelled: string;
  /** One more field, readable both ways. */
  next: string;
  wrong: readonly [value: unknown, problem: RegExp][];
  notASchema: readonly string[];
  /** Uses a type `shared.Money` of another schema. */
  referring: SchemaSource;
}

const avroOrder = (...more: object[]): object => ({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'total', type: 'int' },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    ...more,
  ],
});
const jsonOrder = (more: object = {}): object => ({
  type: 'object',
  properties: {
    id: { type: 'string' },
    total: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' } },
    ...more,
  },
  required: ['id', 'total', 'tags'],
});
const protoOrder = (more = ''): string =>
  `syntax = "proto3";\nmessage Order { string id = 1; int32 total = 2; repeated string tags = 3; ${more} }`;

const SUBJECTS: readonly Subject[] = [
  {
    format: avro,
    schema: { text: JSON.stringify(avroOrder()) },
    respelled: JSON.stringify(avroOrder(), null, 2),
    next: JSON.stringify(avroOrder({ name: 'note', type: 'string', default: '' })),
    wrong: [
      [{ id: '1', total: 'x', tags: [] }, /\/total/],
      [{ id: '1', total: 2 ** 31, tags: [] }, /\/total/],
    ],
    notASchema: ['', '{}', '{"type":"record"}', '"nonsense"'],
    referring: {
      text: '{"type":"record","name":"Bill","fields":[{"name":"sum","type":"shared.Money"}]}',
      references: new Map([
        [
          'shared.Money',
          '{"type":"record","name":"shared.Money","fields":[{"name":"cents","type":"int"}]}',
        ],
      ]),
    },
  },
  {
    format: json,
    schema: { text: JSON.stringify(jsonOrder()) },
    respelled: JSON.stringify(jsonOrder(), null, 2),
    next: JSON.stringify(jsonOrder({ note: { type: 'string' } })),
    wrong: [
      [{ id: '1', total: 'x', tags: [] }, /\/total: must be integer/],
      [{ id: '1', total: 1 }, /tags/],
    ],
    notASchema: ['', '[]', '{"type":"nonsense"}', '{"$ref":"nowhere.json"}'],
    referring: {
      text: '{"type":"object","properties":{"sum":{"$ref":"shared.Money"}},"required":["sum"]}',
      references: new Map([
        ['shared.Money', '{"type":"object","properties":{"cents":{"type":"integer"}}}'],
      ]),
    },
  },
  {
    format: protobuf,
    schema: { text: protoOrder() },
    respelled: `// an order\n${protoOrder()}`.replaceAll('; ', ';\n  '),
    next: protoOrder('string note = 4;'),
    wrong: [
      [{ id: '1', total: 'x', tags: [] }, /\/total: x is not int32/],
      [{ id: '1', total: 1, tags: [], nonsense: 1 }, /\/nonsense: Order has no such field/],
    ],
    notASchema: ['', 'message {', 'syntax = "proto3"; import "missing.proto"; message A {}'],
    referring: {
      text:
        'syntax = "proto3"; import "shared/money.proto"; ' +
        'message Bill { shared.Money sum = 1; }',
      references: new Map([
        [
          'shared/money.proto',
          'syntax = "proto3"; package shared; message Money { int32 cents = 1; }',
        ],
      ]),
    },
  },
];

const orders = fc.record({
  id: fc.string({ unit: 'grapheme' }),
  total: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  tags: fc.array(fc.string()),
});

for (const { format, schema, ...subject } of SUBJECTS) {
  suite(format.name, () => {
    const codec = format.codec(schema);

    test('what is written is read', () => {
      fc.assert(
        fc.property(orders, (order) => {
          assert.deepEqual(codec.check(order), []);
          assert.deepEqual({ ...(codec.decode(codec.encode(order)) as object) }, { ...order });
        }),
      );
    });

    test('a value that does not fit is refused, every problem with its place', () => {
      for (const [value, problem] of subject.wrong) {
        assert.match(codec.check(value).join('; '), problem);
        assert.throws(() => codec.encode(value), { code: 'encode_failed', message: problem });
      }
    });

    test('any bytes are a value of the schema or a DecodeFailed', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
          try {
            assert.deepEqual(codec.check(codec.decode(bytes)), []);
          } catch (error) {
            assert.equal((error as { code?: string }).code, 'decode_failed', String(error));
          }
        }),
      );
    });

    test('two versions read each other', () => {
      const next = format.codec({ text: subject.next });
      const order = { id: 'a', total: 1, tags: ['x'] };
      const older = codec.decode(next.encode({ ...order, note: 'n' }), next);
      assert.equal((older as typeof order).total, 1);
      const newer = next.decode(codec.encode(order), codec);
      assert.deepEqual({ note: '', ...(newer as object) }, { ...order, note: '' });
    });

    test('the canonical form is the same however the schema is written down', () => {
      const { respelled } = subject;
      assert.notEqual(respelled, schema.text);
      assert.equal(format.canonical({ text: respelled }), format.canonical(schema));
      assert.notEqual(format.canonical({ text: subject.next }), format.canonical(schema));
    });

    test('what is no schema is refused', () => {
      for (const text of subject.notASchema) {
        assert.throws(() => format.codec({ text }), { code: 'schema_invalid' }, text);
      }
    });

    test('types of other schemas', () => {
      const bill = format.codec(subject.referring);
      const value = { sum: { cents: 5 } };
      assert.equal(JSON.stringify(bill.decode(bill.encode(value))), JSON.stringify(value));
      assert.deepEqual(format.incompatibilities(subject.referring, subject.referring), []);
      assert.throws(() => format.codec({ text: subject.referring.text }), {
        code: 'schema_invalid',
      });
    });
  });
}
