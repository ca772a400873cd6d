import type { Enum } from 'protobufjs';
import { isObject } from '../canonical-json.ts';
import type { FieldPlan, MessagePlan } from './plan.ts';

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
 * What is wrong with a value as a message. The library's own check refuses decimal strings as 64-bit
 * integers and lets unknown fields pass.
 */
export function messageProblems(plan: MessagePlan, value: unknown): string[] {
  // Nearly every value fits: places are spelt out only for one that does not.
  const quick = new Inspection(false);
  quick.message(plan, value, '');
  if (quick.problems.length === 0) return [];
  const thorough = new Inspection(true);
  thorough.message(plan, value, '');
  return thorough.problems;
}

class Inspection {
  readonly problems: string[] = [];
  readonly #spells: boolean;

  constructor(spellsPlaces: boolean) {
    this.#spells = spellsPlaces;
  }

  message(plan: MessagePlan, value: unknown, path: string): void {
    if (!isObject(value)) {
      this.problems.push(`${path || '/'}: not an object`);
      return;
    }
    for (const name of Object.keys(value)) {
      if (!plan.byName.has(name)) {
        this.problems.push(`${path}/${name}: ${plan.name} has no such field`);
      }
    }
    if (plan.hasOneofs) this.#oneofs(plan, value, path);
    for (const field of plan.fields) {
      const given = value[field.name];
      if (given != null) this.#field(field, given, this.#inside(path, field.name));
      else if (field.isRequired) this.problems.push(`${path}/${field.name}: required`);
    }
  }

  #inside(path: string, key: string | number): string {
    return this.#spells ? `${path}/${key}` : '';
  }

  #oneofs(plan: MessagePlan, value: Readonly<Record<string, unknown>>, path: string): void {
    const groups = new Map<string, string[]>();
    for (const { name, oneof } of plan.fields) {
      if (oneof === undefined || value[name] == null) continue;
      groups.set(oneof, [...(groups.get(oneof) ?? []), name]);
    }
    for (const [oneof, names] of groups) {
      if (names.length < 2) continue;
      this.problems.push(`${path || '/'}: more than one of ${oneof}: ${names.join(', ')}`);
    }
  }

  #field(field: FieldPlan, value: unknown, path: string): void {
    if (field.kind === 'single') this.#single(field, value, path);
    else if (field.kind === 'list') this.#list(field, value, path);
    else this.#map(field, value, path);
  }

  #list(field: FieldPlan, value: unknown, path: string): void {
    if (!Array.isArray(value)) {
      this.problems.push(`${path}: not a list`);
      return;
    }
    for (let index = 0; index < value.length; index += 1) {
      this.#single(field, value[index], this.#inside(path, index));
    }
  }

  #map(field: FieldPlan, value: unknown, path: string): void {
    if (!isObject(value)) {
      this.problems.push(`${path}: not an object`);
      return;
    }
    for (const [key, each] of Object.entries(value)) {
      const { keyType = 'string' } = field;
      if (!isKey(keyType, key)) this.problems.push(`${path}: key ${key} is not ${keyType}`);
      this.#single(field, each, this.#inside(path, key));
    }
  }

  #single(field: FieldPlan, value: unknown, path: string): void {
    const { message, enumeration, type } = field;
    if (message) {
      this.message(message, value, path);
      return;
    }
    const good = enumeration ? isEnumValue(enumeration, value) : isScalar(type, value);
    if (!good) this.problems.push(`${path}: ${String(value)} is not ${type}`);
  }
}

function isKey(keyType: string, key: string): boolean {
  if (keyType === 'string') return true;
  return keyType === 'bool' ? key === 'true' || key === 'false' : isInteger(keyType, key);
}

const isEnumValue = ({ values }: Enum, value: unknown): boolean =>
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
  if (!range) return false;
  // Most are: quicker than a comparison with a bigint.
  if (typeof value === 'number' && (value | 0) === value) return value >= 0 || range[0] < 0n;
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && value >= range[0] && value <= range[1];
  }
  const exact =
    typeof value === 'bigint' || (typeof value === 'string' && /^-?\d{1,20}$/.test(value));
  if (!exact) return false;
  const number = BigInt(value);
  return number >= range[0] && number <= range[1];
}
