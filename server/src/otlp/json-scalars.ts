import protobuf from 'protobufjs';

/** How one kind of field goes from JSON to the wire. `write` throws on a value it cannot read. */
export interface Scalar {
  wire: number;
  write: (writer: protobuf.Writer, value: unknown, field: protobuf.Field) => void;
}

const SCALARS: Readonly<Record<string, Scalar>> = {
  string: { wire: 2, write: (to, value, field) => to.string(text(value, field)) },
  bytes: { wire: 2, write: (to, value, field) => to.bytes(bytes(value, field)) },
  bool: { wire: 0, write: (to, value, field) => to.bool(boolean(value, field)) },
  double: { wire: 1, write: (to, value, field) => to.double(double(value, field)) },
  int32: { wire: 0, write: (to, value, field) => to.int32(Number(signed(value, field, 32))) },
  sint32: { wire: 0, write: (to, value, field) => to.sint32(Number(signed(value, field, 32))) },
  uint32: { wire: 0, write: (to, value, field) => to.uint32(Number(unsigned(value, field, 32))) },
  fixed32: { wire: 5, write: (to, value, field) => to.fixed32(Number(unsigned(value, field, 32))) },
  int64: { wire: 0, write: (to, value, field) => to.int64(long(signed(value, field, 64))) },
  uint64: { wire: 0, write: (to, value, field) => to.uint64(long(unsigned(value, field, 64))) },
  fixed64: { wire: 1, write: (to, value, field) => to.fixed64(long(unsigned(value, field, 64))) },
  sfixed64: { wire: 1, write: (to, value, field) => to.sfixed64(long(signed(value, field, 64))) },
};

const ENUM: Scalar = {
  wire: 0,
  write: (to, value, field) => {
    const { values } = field.resolvedType as protobuf.Enum;
    const isName = typeof value === 'string' && Object.hasOwn(values, value);
    to.int32(isName ? values[value]! : Number(signed(value, field, 32)));
  },
};

/** How `field`, which is not a message, is written. */
export function scalarOf(field: protobuf.Field): Scalar {
  return field.resolvedType instanceof protobuf.Enum ? ENUM : SCALARS[field.type]!;
}

const HEX_FIELDS = new Set(['trace_id', 'span_id', 'parent_span_id']);
/** Written for an id that is not hex: no id has one byte, so its item is rejected, and only that. */
const NOT_AN_ID = new Uint8Array(1);

function bytes(value: unknown, field: protobuf.Field): Uint8Array {
  const encoded = text(value, field);
  if (HEX_FIELDS.has(field.name)) {
    return /^(?:[\da-f]{2})*$/i.test(encoded) ? Buffer.from(encoded, 'hex') : NOT_AN_ID;
  }
  if (!/^[\w+/-]*={0,2}$/.test(encoded)) throw cannotRead(value, field);
  return Buffer.from(encoded, 'base64');
}

function text(value: unknown, field: protobuf.Field): string {
  if (typeof value !== 'string') throw cannotRead(value, field);
  return value;
}

function boolean(value: unknown, field: protobuf.Field): boolean {
  if (typeof value !== 'boolean') throw cannotRead(value, field);
  return value;
}

/** A number, or what proto3 JSON writes for one: "NaN", "Infinity", "-Infinity", "1.5". */
function double(value: unknown, field: protobuf.Field): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') throw cannotRead(value, field);
  const number = Number(value);
  if (Number.isNaN(number) && value !== 'NaN') throw cannotRead(value, field);
  return number;
}

function signed(value: unknown, field: protobuf.Field, bits: 32 | 64): bigint {
  const number = integer(value, field);
  if (BigInt.asIntN(bits, number) !== number) throw cannotRead(value, field);
  return number;
}

function unsigned(value: unknown, field: protobuf.Field, bits: 32 | 64): bigint {
  const number = integer(value, field);
  if (BigInt.asUintN(bits, number) !== number) throw cannotRead(value, field);
  return number;
}

/** 64-bit integers come as decimal strings, or as numbers. */
function integer(value: unknown, field: protobuf.Field): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw cannotRead(value, field);
}

/** The two halves that the writer takes; without them it would go through a double. */
function long(value: bigint): protobuf.Long {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return { low, high, unsigned: false } as protobuf.Long;
}

function cannotRead(value: unknown, field: protobuf.Field): Error {
  const shown = typeof value === 'bigint' ? `${value}` : JSON.stringify(value);
  const expected = field.resolvedType?.name ?? field.type;
  return new Error(`${field.fullName.slice(1)}: cannot read ${shown.slice(0, 80)} as ${expected}`);
}
