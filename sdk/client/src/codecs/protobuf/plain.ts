import protobufjs, { type Message } from 'protobufjs';
import type { FieldPlan, MessagePlan } from './plan.ts';

/**
 * A message as plain values: lists and maps are always there, scalars that have no presence get their
 * default, what is absent otherwise is left out.
 */
export function plain(plan: MessagePlan, message: Message): Record<string, unknown> {
  const given = message as unknown as Record<string, unknown>;
  const made: Record<string, unknown> = {};
  for (const field of plan.fields) {
    const { name, kind } = field;
    // What is not its own is the prototype's default.
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value == null && kind === 'single' && field.hasPresence) continue;
    made[name] = fieldValue(field, value);
  }
  return made;
}

function fieldValue(field: FieldPlan, value: unknown): unknown {
  if (field.kind === 'single') return single(field, value ?? field.defaultValue);
  if (field.kind === 'list') {
    const made: unknown[] = [];
    for (const each of (value as unknown[] | undefined) ?? []) made.push(single(field, each));
    return made;
  }
  const entries = Object.entries((value as object | undefined) ?? {});
  // Not by assignment: a key may be `__proto__`.
  return Object.fromEntries(
    entries.map(([key, each]) => [mapKey(field, key), single(field, each)]),
  );
}

function single(field: FieldPlan, value: unknown): unknown {
  const { message, enumeration } = field;
  if (message) return plain(message, value as Message);
  if (enumeration) return enumeration.valuesById[value as number] ?? value;
  if (field.is64Bit) return String(value);
  // An empty list is how the library writes "no bytes".
  if (field.type === 'bytes') return new Uint8Array(value as Uint8Array);
  return value;
}

/** The library keeps 64-bit keys as eight characters. */
function mapKey({ keyType = '' }: FieldPlan, key: string): string {
  if (!keyType.endsWith('64')) return key;
  const unsigned = keyType === 'uint64' || keyType === 'fixed64';
  return String(protobufjs.util.longFromHash(key, unsigned));
}
