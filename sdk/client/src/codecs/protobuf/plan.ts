import protobufjs, { type Enum, type Field, type Type } from 'protobufjs';
import { type FieldKind, fieldKind, hasPresence, keyTypeOf, oneofOf } from './field.ts';

/** What is needed of a field for every value of it, looked up once: the library computes most of it anew. */
export interface FieldPlan {
  readonly name: string;
  readonly kind: FieldKind;
  /** As the schema spells it: `int32`, `Line`. */
  readonly type: string;
  readonly isRequired: boolean;
  readonly hasPresence: boolean;
  readonly oneof: string | undefined;
  /** Of a map. */
  readonly keyType: string | undefined;
  readonly enumeration: Enum | undefined;
  readonly message: MessagePlan | undefined;
  /** What a scalar without presence is when nobody set it. */
  readonly defaultValue: unknown;
  readonly is64Bit: boolean;
}

export interface MessagePlan {
  readonly name: string;
  readonly fields: readonly FieldPlan[];
  readonly byName: ReadonlyMap<string, FieldPlan>;
  readonly hasOneofs: boolean;
}

const plans = new WeakMap<Type, MessagePlan>();

/** The type must be resolved. */
export function planOf(type: Type): MessagePlan {
  const known = plans.get(type);
  if (known) return known;
  const fields: FieldPlan[] = [];
  const byName = new Map<string, FieldPlan>();
  const oneofs = type.fieldsArray.map(oneofOf);
  const hasOneofs = oneofs.some((oneof) => oneof !== undefined);
  const plan = { name: type.name, fields, byName, hasOneofs };
  // Known before its fields are: messages may hold themselves.
  plans.set(type, plan);
  for (const field of type.fieldsArray) {
    const made = fieldPlan(field);
    fields.push(made);
    byName.set(made.name, made);
  }
  return plan;
}

function fieldPlan(field: Field): FieldPlan {
  const { resolvedType } = field;
  const kind = fieldKind(field);
  return {
    name: field.name,
    kind,
    type: field.type,
    isRequired: field.required,
    hasPresence: hasPresence(field),
    oneof: oneofOf(field),
    keyType: kind === 'map' ? keyTypeOf(field) : undefined,
    enumeration: resolvedType instanceof protobufjs.Enum ? resolvedType : undefined,
    message: resolvedType instanceof protobufjs.Type ? planOf(resolvedType) : undefined,
    defaultValue: field.typeDefault as unknown,
    is64Bit: field.type.endsWith('64'),
  };
}
