import protobufjs, { type Field, type Message, type Type } from 'protobufjs';
import { fieldKind, hasPresence, keyTypeOf } from './field.ts';

/**
 * A message as plain values: lists and maps are always there, scalars that have no presence get their
 * default, what is absent otherwise is left out.
 */
export function plain(type: Type, message: Message): Record<string, unknown> {
  const given = message as unknown as Record<string, unknown>;
  const fields = type.fieldsArray.flatMap((field): [string, unknown][] => {
    const present = Object.hasOwn(given, field.name) && given[field.name] != null;
    if (!present && fieldKind(field) === 'single' && hasPresence(field)) return [];
    return [[field.name, fieldValue(field, given[field.name])]];
  });
  return Object.fromEntries(fields);
}

function fieldValue(field: Field, value: unknown): unknown {
  const kind = fieldKind(field);
  if (kind === 'list') return ((value as unknown[]) ?? []).map((each) => single(field, each));
  if (kind === 'map') {
    const entries = Object.entries((value as object) ?? {});
    return Object.fromEntries(
      entries.map(([key, each]) => [mapKey(field, key), single(field, each)]),
    );
  }
  return single(field, value ?? field.typeDefault);
}

function single(field: Field, value: unknown): unknown {
  const { resolvedType } = field;
  if (resolvedType instanceof protobufjs.Enum) {
    return resolvedType.valuesById[value as number] ?? value;
  }
  if (resolvedType instanceof protobufjs.Type) return plain(resolvedType, value as Message);
  if (/64$/.test(field.type)) return String(value);
  // An empty list is how the library writes "no bytes".
  if (field.type === 'bytes') return new Uint8Array(value as Uint8Array);
  return value;
}

/** The library keeps 64-bit keys as eight characters. */
function mapKey(field: Field, key: string): string {
  const keyType = keyTypeOf(field);
  if (!/64$/.test(keyType)) return key;
  const unsigned = keyType === 'uint64' || keyType === 'fixed64';
  return String(protobufjs.util.longFromHash(key, unsigned));
}
