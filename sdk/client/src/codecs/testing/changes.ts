import type { FormatName } from '../codec.ts';

/**
 * One change of a schema. The samples are what a writer of either version may send; whether the other
 * version reads them is found out by running the codecs.
 */
export interface Change {
  format: FormatName;
  change: string;
  before: string;
  after: string;
  /** Written with `before`; the one that is hardest to read. */
  old: unknown;
  /** Written with `after`. */
  new: unknown;
}

const avroRecord = (...fields: object[]): string =>
  JSON.stringify({
    type: 'record',
    name: 'Order',
    fields: [{ name: 'id', type: 'string' }, ...fields],
  });
const avroField = (type: unknown, more: object = {}): string =>
  avroRecord({ name: 'value', type, ...more });
const color = (symbols: string[], more: object = {}): object => ({
  type: 'enum',
  name: 'Color',
  symbols,
  ...more,
});
const id = { id: '1' };
const value = (of: unknown): object => ({ id: '1', value: of });
type Row = [change: string, before: string, after: string, old: unknown, next: unknown];

const AVRO: Row[] = [
  ['add a field with a default', avroRecord(), avroField('int', { default: 7 }), id, value(1)],
  ['add a field without a default', avroRecord(), avroField('int'), id, value(1)],
  [
    'rename a field, old name as alias',
    avroField('int'),
    avroRecord({ name: 'price', type: 'int', aliases: ['value'] }),
    value(1),
    { id: '1', price: 1 },
  ],
  [
    'rename a field',
    avroField('int'),
    avroRecord({ name: 'price', type: 'int' }),
    value(1),
    { id: '1', price: 1 },
  ],
  ['rename the record', avroRecord(), avroRecord().replace('Order', 'Sale'), id, id],
  ['widen int to long', avroField('int'), avroField('long'), value(1), value(1)],
  ['widen float to double', avroField('float'), avroField('double'), value(1), value(1)],
  ['widen long to float', avroField('long'), avroField('float'), value(1), value(1)],
  ['string to bytes', avroField('string'), avroField('bytes'), value('a'), value(Buffer.from('a'))],
  ['int to string', avroField('int'), avroField('string'), value(1), value('1')],
  ['make a field nullable', avroField('int'), avroField(['null', 'int']), value(1), value(null)],
  [
    'add a branch to a union',
    avroField(['null', 'int']),
    avroField(['null', 'int', 'string']),
    value(1),
    value('a'),
  ],
  [
    'add an enum symbol',
    avroField(color(['RED'])),
    avroField(color(['RED', 'BLUE'])),
    value('RED'),
    value('BLUE'),
  ],
  [
    'add an enum symbol, the enum has a default',
    avroField(color(['RED'], { default: 'RED' })),
    avroField(color(['RED', 'BLUE'], { default: 'RED' })),
    value('RED'),
    value('BLUE'),
  ],
  [
    'change the size of a fixed',
    avroField({ type: 'fixed', name: 'F', size: 1 }),
    avroField({ type: 'fixed', name: 'F', size: 2 }),
    value(Buffer.alloc(1)),
    value(Buffer.alloc(2)),
  ],
  [
    'a value to an array of it',
    avroField('int'),
    avroField({ type: 'array', items: 'int' }),
    value(1),
    value([1]),
  ],
  [
    'change a doc',
    avroField('int', { doc: 'a' }),
    avroField('int', { doc: 'b' }),
    value(1),
    value(1),
  ],
];

const proto = (body: string, more = ''): string =>
  `syntax = "proto3"; message Order { string id = 1; ${body} } ${more}`;
const proto2 = (body: string): string => `syntax = "proto2"; message Order { ${body} }`;
const field = (type: string): string => proto(`${type} value = 2;`);

const PROTOBUF: Row[] = [
  ['add a field', proto(''), field('int32'), id, value(1)],
  [
    'rename a field, same number',
    field('int32'),
    proto('int32 price = 2;'),
    value(1),
    { id: '1', price: 1 },
  ],
  ['rename the message', proto(''), proto('').replace('Order', 'Sale'), id, id],
  ['change the number of a field', field('int32'), proto('int32 value = 3;'), value(1), value(1)],
  ['widen int32 to int64', field('int32'), field('int64'), value(-1), value('9007199254740993')],
  [
    'widen uint32 to uint64',
    field('uint32'),
    field('uint64'),
    value(4_000_000_000),
    value('9007199254740993'),
  ],
  ['int32 to uint32', field('int32'), field('uint32'), value(-1), value(4_000_000_000)],
  ['int32 to sint32', field('int32'), field('sint32'), value(-1), value(-1)],
  ['int32 to fixed32', field('int32'), field('fixed32'), value(7), value(7)],
  ['float to double', field('float'), field('double'), value(1), value(1)],
  ['string to bytes', field('string'), field('bytes'), value('a'), value(new Uint8Array([0xff]))],
  ['int32 to string', field('int32'), field('string'), value(7), value('a')],
  ['a field to a list of it', field('int32'), field('repeated int32'), value(7), value([1, 2])],
  [
    'add an enum value, which old readers see as a number',
    proto('Color value = 2;', 'enum Color { NONE = 0; RED = 1; }'),
    proto('Color value = 2;', 'enum Color { NONE = 0; RED = 1; BLUE = 2; }'),
    value('RED'),
    value(2),
  ],
  ['a field to explicit presence', field('int32'), field('optional int32'), value(7), value(7)],
  [
    'move one field into a new oneof',
    proto('int32 value = 2;'),
    proto('oneof choice { int32 value = 2; int32 other = 3; }'),
    value(7),
    { id: '1', other: 7 },
  ],
  [
    'move two fields into one oneof',
    proto('int32 value = 2; int32 other = 3;'),
    proto('oneof choice { int32 value = 2; int32 other = 3; }'),
    { id: '1', value: 7, other: 8 },
    value(7),
  ],
  [
    'change the key of a map',
    proto('map<string, int32> value = 2;'),
    proto('map<int32, int32> value = 2;'),
    value({ a: 1 }),
    value({ 5: 1 }),
  ],
  [
    'add a required field (proto2)',
    proto2('optional string id = 1;'),
    proto2('optional string id = 1; required int32 value = 2;'),
    id,
    value(1),
  ],
  [
    'optional to required (proto2)',
    proto2('optional int32 value = 2;'),
    proto2('required int32 value = 2;'),
    {},
    { value: 1 },
  ],
];

const jsonOrder = (properties: object, more: object = {}): string =>
  JSON.stringify({
    type: 'object',
    properties: { id: { type: 'string' }, ...properties },
    ...more,
  });
const jsonField = (schema: unknown, more: object = {}): string =>
  jsonOrder({ value: schema }, more);
const closed = { additionalProperties: false };

const JSON_SCHEMA: Row[] = [
  ['add an optional property', jsonOrder({}), jsonField({ type: 'integer' }), id, value(1)],
  [
    'add an optional property, additionalProperties is false',
    jsonOrder({}, closed),
    jsonField({ type: 'integer' }, closed),
    id,
    value(1),
  ],
  [
    'add an optional property, additionalProperties is true',
    jsonOrder({}, { additionalProperties: true }),
    jsonField({ type: 'integer' }, { additionalProperties: true }),
    value('any'),
    value(1),
  ],
  [
    'add a required property',
    jsonOrder({}),
    jsonField({ type: 'integer' }, { required: ['value'] }),
    id,
    value(1),
  ],
  [
    'make a property required',
    jsonField({ type: 'integer' }),
    jsonField({ type: 'integer' }, { required: ['value'] }),
    id,
    value(1),
  ],
  [
    'integer to number',
    jsonField({ type: 'integer' }),
    jsonField({ type: 'number' }),
    value(1),
    value(1.5),
  ],
  [
    'integer to string',
    jsonField({ type: 'integer' }),
    jsonField({ type: 'string' }),
    value(1),
    value('a'),
  ],
  [
    'make a property nullable',
    jsonField({ type: 'integer' }),
    jsonField({ type: ['integer', 'null'] }),
    value(1),
    value(null),
  ],
  [
    'add a value to an enum',
    jsonField({ enum: ['a'] }),
    jsonField({ enum: ['a', 'b'] }),
    value('a'),
    value('b'),
  ],
  [
    'raise a maximum',
    jsonField({ type: 'number', maximum: 5 }),
    jsonField({ type: 'number', maximum: 9 }),
    value(5),
    value(9),
  ],
  [
    'add a pattern',
    jsonField({ type: 'string' }),
    jsonField({ type: 'string', pattern: '^a' }),
    value('b'),
    value('a'),
  ],
  [
    'add a branch to anyOf',
    jsonField({ anyOf: [{ type: 'string' }] }),
    jsonField({ anyOf: [{ type: 'string' }, { type: 'integer' }] }),
    value('a'),
    value(1),
  ],
  ['refuse unknown properties', jsonOrder({}), jsonOrder({}, closed), id, id],
  [
    'change the items of a list',
    jsonField({ type: 'array', items: { type: 'integer' } }),
    jsonField({ type: 'array', items: { type: 'number' } }),
    value([1]),
    value([1.5]),
  ],
  [
    'change a description',
    jsonField({ description: 'a' }),
    jsonField({ description: 'b' }),
    value(1),
    value(1),
  ],
];

const rows = (format: FormatName, list: Row[]): Change[] =>
  list.map(([change, before, after, old, next]) => ({
    format,
    change,
    before,
    after,
    old,
    new: next,
  }));

export const CHANGES: readonly Change[] = [
  ...rows('avro', AVRO),
  ...rows('json', JSON_SCHEMA),
  ...rows('protobuf', PROTOBUF),
];
