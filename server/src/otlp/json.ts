import protobuf from 'protobufjs';
import { scalarOf } from './json-scalars.ts';
import { REQUEST_TYPES } from './proto.ts';
import type { OtlpSignal } from './shapes.ts';

export type JsonResult = { status: 'ok'; bytes: Uint8Array } | { status: 'broken'; reason: string };

/** Messages inside messages: what the scan takes afterwards. */
const MAX_DEPTH = 100;
const LONG_INTEGER = /[:[,\s]-?\d{16}/;

/**
 * An export request in OTLP/JSON as the protobuf bytes of the same request. Differs from ordinary
 * proto3 JSON as OTLP does: ids are hex. Takes snake_case names and enum names too, as some senders
 * write them. Never throws.
 */
export function requestFromJson(signal: OtlpSignal, body: Uint8Array): JsonResult {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const writer = protobuf.Writer.create();
    writeMessage(writer, { type: REQUEST_TYPES[signal], value: parse(text), depth: 0 });
    return { status: 'ok', bytes: writer.finish() };
  } catch (error) {
    return { status: 'broken', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** JSON.parse that keeps integers past 2^53 exact: times in nanoseconds are, when written as numbers. */
function parse(text: string): unknown {
  if (!LONG_INTEGER.test(text)) return JSON.parse(text);
  type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;
  const reviver: Reviver = (_key, value, { source = '' }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
      ? BigInt(source)
      : value;
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

interface Node {
  type: protobuf.Type;
  value: unknown;
  depth: number;
}

function writeMessage(writer: protobuf.Writer, { type, value, depth }: Node): void {
  if (depth > MAX_DEPTH) throw new Error(`${type.name}: nested deeper than ${MAX_DEPTH}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${type.name}: not an object`);
  }
  const names = fieldNames(type);
  for (const [key, member] of Object.entries(value)) {
    const field = names.get(key);
    if (field === undefined || member === null) continue;
    if (!field.repeated) {
      writeField(writer, field, { value: member, depth });
      continue;
    }
    if (!Array.isArray(member)) throw new Error(`${type.name}.${key}: not an array`);
    if (isPacked(field)) writePacked(writer, field, member);
    else for (const one of member) writeField(writer, field, { value: one, depth });
  }
}

function writeField(
  writer: protobuf.Writer,
  field: protobuf.Field,
  { value, depth }: { value: unknown; depth: number },
): void {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) {
    writer.uint32(tag(field, 2)).fork();
    writeMessage(writer, { type: resolvedType, value, depth: depth + 1 });
    writer.ldelim();
    return;
  }
  const scalar = scalarOf(field);
  writer.uint32(tag(field, scalar.wire));
  scalar.write(writer, value, field);
}

function writePacked(writer: protobuf.Writer, field: protobuf.Field, values: unknown[]): void {
  if (values.length === 0) return;
  const scalar = scalarOf(field);
  writer.uint32(tag(field, 2)).fork();
  for (const value of values) scalar.write(writer, value, field);
  writer.ldelim();
}

/** In proto3 all repeated numbers are. */
const isPacked = (field: protobuf.Field): boolean =>
  field.resolvedType instanceof protobuf.Enum || Object.hasOwn(protobuf.types.packed, field.type);

const tag = (field: protobuf.Field, wire: number): number => (field.id << 3) | wire;

const namesByType = new WeakMap<protobuf.Type, Map<string, protobuf.Field>>();

/** Fields of a message by their JSON name and by their name in the specification. */
function fieldNames(type: protobuf.Type): Map<string, protobuf.Field> {
  let names = namesByType.get(type);
  if (names === undefined) {
    names = new Map();
    for (const field of type.fieldsArray) {
      names.set(field.name, field);
      names.set(protobuf.util.camelCase(field.name), field);
    }
    namesByType.set(type, names);
  }
  return names;
}
