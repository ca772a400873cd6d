import protobufjs, { type Field, type Type } from 'protobufjs';
import type { Incompatibility } from '../codec.ts';
import { byOneof, fieldKind, keyTypeOf, oneofOf } from './field.ts';

/**
 * What a reader's type takes besides itself without changing a value. Stricter than "the wire types are
 * the same": an int64 that is read as int32 loses its upper half.
 */
const WIDER: Record<string, readonly string[]> = {
  int64: ['int32', 'uint32'],
  uint64: ['uint32'],
  sint64: ['sint32'],
  bytes: ['string'],
};

/** What a reader would miss, mix up or refuse of what was written with `writer`. */
export function protobufIncompatibilities(reader: Type, writer: Type): Incompatibility[] {
  return compareMessages(reader, writer, { path: reader.name, seen: new Set() });
}

interface At {
  path: string;
  seen: ReadonlySet<string>;
}

function compareMessages(reader: Type, writer: Type, at: At): Incompatibility[] {
  const pair = `${reader.fullName}:${writer.fullName}`;
  if (at.seen.has(pair)) return [];
  const seen = new Set(at.seen).add(pair);
  return [
    ...writer.fieldsArray.flatMap((field) => {
      const target = reader.fieldsById[field.id];
      const inside = { path: `${at.path}.${target?.name ?? field.name}`, seen };
      return target ? compareFields(target, field, inside) : movedField(reader, field, inside);
    }),
    ...requiredFields(reader, writer, at),
    ...oneofs(reader, writer, at),
  ];
}

/** A number that the reader does not know is skipped, which is fine unless it knows the name. */
function movedField(reader: Type, field: Field, at: At): Incompatibility[] {
  const moved = Object.hasOwn(reader.fields, field.name) ? reader.fields[field.name] : undefined;
  if (!moved) return [];
  const message = `number ${field.id} in the writer, ${moved.id} in the reader`;
  return [problem('field_number', at, message)];
}

function compareFields(reader: Field, writer: Field, at: At): Incompatibility[] {
  const [kind, written] = [fieldKind(reader), fieldKind(writer)];
  if (kind !== written) {
    return [problem('field_cardinality', at, `${written} in the writer, ${kind} in the reader`)];
  }
  if (kind === 'map') {
    const [key, writtenKey] = [keyTypeOf(reader), keyTypeOf(writer)];
    if (key !== writtenKey) {
      return [problem('map_key', at, `key ${writtenKey} in the writer, ${key} in the reader`)];
    }
  }
  return compareTypes(reader, writer, at);
}

function compareTypes(reader: Field, writer: Field, at: At): Incompatibility[] {
  const [read, written] = [reader.resolvedType, writer.resolvedType];
  if (read instanceof protobufjs.Type && written instanceof protobufjs.Type) {
    if (reader.delimited === writer.delimited) return compareMessages(read, written, at);
  } else if (read instanceof protobufjs.Enum && written instanceof protobufjs.Enum) {
    return [];
  } else if (!read && !written) {
    if (reader.type === writer.type || WIDER[reader.type]?.includes(writer.type)) return [];
  }
  return [problem('field_type', at, `${writer.type} in the writer, ${reader.type} in the reader`)];
}

function requiredFields(reader: Type, writer: Type, at: At): Incompatibility[] {
  return reader.fieldsArray
    .filter((field) => field.required && !writer.fieldsById[field.id]?.required)
    .map((field) =>
      problem(
        'required',
        { ...at, path: `${at.path}.${field.name}` },
        'the reader requires it, the writer may leave it out',
      ),
    );
}

/** Of two fields that the reader has in one oneof only the last survives. */
function oneofs(reader: Type, writer: Type, at: At): Incompatibility[] {
  const written = writer.fieldsArray.filter(({ id }) => reader.fieldsById[id]);
  const groups = byOneof(written, ({ id }) => reader.fieldsById[id] as Field);
  return [...groups].flatMap(([name, fields]) => {
    if (fields.length < 2) return [];
    const together = new Set(fields.map((field) => oneofOf(field)));
    if (together.size === 1 && !together.has(undefined)) return [];
    const words = fields.map((field) => field.name).join(', ');
    return [
      problem('oneof', { ...at, path: `${at.path}.${name}` }, `the writer may set all of ${words}`),
    ];
  });
}

const problem = (rule: string, { path }: At, message: string): Incompatibility => ({
  rule,
  path,
  message,
});
