import protobufjs, { type Field, type MapField } from 'protobufjs';

export type FieldKind = 'list' | 'map' | 'single';

export function fieldKind(field: Field): FieldKind {
  if (field instanceof protobufjs.MapField) return 'map';
  return field.repeated ? 'list' : 'single';
}

/** Whether "not set" can be told from "set to the default". */
export const hasPresence = (field: Field): boolean => field.hasPresence;

/** The oneof of a field; the one that `optional` of proto3 makes does not count. */
export function oneofOf(field: Field): string | undefined {
  const { partOf } = field;
  return partOf && partOf.fieldsArray.length > 1 ? partOf.name : undefined;
}

/** Of a map; the library's types do not let a field be narrowed to one. */
export const keyTypeOf = (field: Field): string => (field as unknown as MapField).keyType;

/** Fields by their oneof, those of none left out. */
export function byOneof<T>(items: readonly T[], fieldOf: (item: T) => Field): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = oneofOf(fieldOf(item));
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
}
