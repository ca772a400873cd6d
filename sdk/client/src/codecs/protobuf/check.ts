import protobufjs, { type Field, type Type } from 'protobufjs';
import { isObject } from '../canonical-json.ts';
import { byOneof, fieldKind, keyTypeOf } from './field.ts';

const INTEGERS: Record<string, readonly [bigint, bigint]> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  sfixed32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  fixed32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  sint64: [-(2n ** 63n), 2n ** 63n - 1n],
  sfixed64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  fixed64: [0n, 2n ** 64n - 1n],
};

/**
 * What is wrong with a value as a message of `type`. The library's own check refuses decimal strings as
 * 64-bit integers and lets unknown fields pass.
 */
export function messageProblems(type: Type, value: unknown, path: string): string[] {
  if (!isObject(value)) return [`${path || '/'}: not an object`];
  const present = type.fieldsArray.filter(({ name }) => value[name] != null);
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(type.fields, name));
  return [
    ...unknown.map((name) => `${path}/${name}: ${type.name} has no such field`),
    ...type.fieldsArray
      .filter((field) => field.required && value[field.name] == null)
      .map(({ name }) => `${path}/${name}: required`),
    ...oneofProblems(present, path),
    ...present.flatMap((field) => fieldProblems(field, value[field.name], `${path}/${field.name}`)),
  ];
}

function oneofProblems(present: Field[], path: string): string[] {
  return [...byOneof(present, (field) => field)].flatMap(([name, fields]) =>
    fields.length < 2
      ? []
      : [
          `${path || '/'}: more than one of ${name}: ${fields.map((field) => field.name).join(', ')}`,
        ],
  );
}

function fieldProblems(field: Field, value: unknown, path: string): string[] {
  const kind = fieldKind(field);
  if (kind === 'list') {
    if (!Array.isArray(value)) return [`${path}: not a list`];
    return value.flatMap((each, index) => singleProblems(field, each, `${path}/${index}`));
  }
  if (kind === 'map') {
    if (!isObject(value)) return [`${path}: not an object`];
    return Object.entries(value).flatMap(([key, each]) => [
      ...keyProblems(keyTypeOf(field), key, path),
      ...singleProblems(field, each, `${path}/${key}`),
    ]);
  }
  return singleProblems(field, value, path);
}

function keyProblems(keyType: string, key: string, path: string): string[] {
  if (keyType === 'string') return [];
  const good = keyType === 'bool' ? /^(true|false)$/.test(key) : isInteger(keyType, key);
  return good ? [] : [`${path}: key ${key} is not ${keyType}`];
}

function singleProblems(field: Field, value: unknown, path: string): string[] {
  const { resolvedType, type } = field;
  if (resolvedType instanceof protobufjs.Type) return messageProblems(resolvedType, value, path);
  const good =
    resolvedType instanceof protobufjs.Enum
      ? isEnumValue(resolvedType, value)
      : isScalar(type, value);
  return good ? [] : [`${path}: ${String(value)} is not ${type}`];
}

const isEnumValue = ({ values }: protobufjs.Enum, value: unknown): boolean =>
  typeof value === 'string' ? Object.hasOwn(values, value) : isInteger('int32', value);

function isScalar(type: string, value: unknown): boolean {
  if (type === 'string') return typeof value === 'string';
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'bytes') return value instanceof Uint8Array;
  if (type === 'float' || type === 'double') return typeof value === 'number';
  return isInteger(type, value);
}

/** A number that is exact, a decimal string or a bigint, in the range of the type. */
function isInteger(type: string, value: unknown): boolean {
  const range = INTEGERS[type];
  const exact =
    typeof value === 'bigint' ||
    Number.isSafeInteger(value) ||
    (typeof value === 'string' && /^-?\d{1,20}$/.test(value));
  if (!range || !exact) return false;
  const number = BigInt(value as string);
  return number >= range[0] && number <= range[1];
}
