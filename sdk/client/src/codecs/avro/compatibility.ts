import type { Type, types } from 'avsc';
import type { Incompatibility } from '../codec.ts';

/** What a reader takes besides its own type (Avro 1.12, schema resolution). */
const PROMOTIONS: Record<string, readonly string[]> = {
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
  string: ['bytes'],
  bytes: ['string'],
};
const NAMED = ['record', 'error', 'enum', 'fixed'];

/** What keeps `reader` from resolving what was written with `writer`. */
export function avroIncompatibilities(reader: Type, writer: Type): Incompatibility[] {
  return compare(reader, writer, { path: nameOf(reader), seen: new Set() });
}

interface At {
  path: string;
  /** Pairs of records that are being compared further up. */
  seen: ReadonlySet<string>;
}

function compare(reader: Type, writer: Type, at: At): Incompatibility[] {
  if (isUnion(writer)) return writer.types.flatMap((branch) => compare(reader, branch, at));
  if (isUnion(reader)) return compareBranches(reader, writer, at);
  const [kind, written] = [kindOf(reader), kindOf(writer)];
  if (kind !== written) {
    if (PROMOTIONS[kind]?.includes(written)) return [];
    return [problem('type', at, `the writer has ${nameOf(writer)}, the reader ${nameOf(reader)}`)];
  }
  if (NAMED.includes(kind) && !answersTo(reader, writer)) {
    const hint = 'a type that is renamed needs the old name as an alias';
    return [
      problem(
        'name',
        at,
        `the writer has ${nameOf(writer)}, the reader ${nameOf(reader)}; ${hint}`,
      ),
    ];
  }
  if (kind === 'record') return compareRecords(reader as Record_, writer as Record_, at);
  if (kind === 'enum') return compareEnums(reader as Enum, writer as Enum, at);
  if (kind === 'fixed') return compareFixed(reader as Fixed, writer as Fixed, at);
  const inside = { ...at, path: `${at.path}${kind === 'map' ? '{}' : '[]'}` };
  if (kind === 'array') {
    return compare((reader as ArrayOf).itemsType, (writer as ArrayOf).itemsType, inside);
  }
  if (kind === 'map') {
    return compare((reader as MapOf).valuesType, (writer as MapOf).valuesType, inside);
  }
  return [];
}

/** As resolvers do: the first branch that can read all of it is taken. */
function compareBranches(reader: Union, writer: Type, at: At): Incompatibility[] {
  const found = reader.types.map((branch) => compare(branch, writer, at));
  if (found.some((problems) => problems.length === 0)) return [];
  const near = reader.types.findIndex((branch) => kindOf(branch) === kindOf(writer));
  if (near >= 0) return found[near] ?? [];
  const branches = reader.types.map(nameOf).join(', ');
  return [problem('union', at, `the writer has ${nameOf(writer)}, the reader one of ${branches}`)];
}

function compareRecords(reader: Record_, writer: Record_, at: At): Incompatibility[] {
  const pair = `${reader.name}:${writer.name}`;
  if (at.seen.has(pair)) return [];
  const seen = new Set(at.seen).add(pair);
  return reader.fields.flatMap((field) => {
    const inside = { path: `${at.path}.${field.name}`, seen };
    const names = new Set([field.name, ...field.aliases]);
    const matches = writer.fields.filter(({ name }) => names.has(name));
    if (matches.length > 1) {
      const words = matches.map(({ name }) => name).join(', ');
      return [problem('alias', inside, `its aliases match more than one field: ${words}`)];
    }
    const [match] = matches;
    if (match) return compare(field.type, match.type, inside);
    return field.defaultValue() === undefined
      ? [
          problem(
            'field_without_default',
            inside,
            'the writer has no such field and the reader no default',
          ),
        ]
      : [];
  });
}

function compareEnums(reader: Enum, writer: Enum, at: At): Incompatibility[] {
  const unknown = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol));
  if (unknown.length === 0 || defaultOf(reader) !== undefined) return [];
  const words = unknown.join(', ');
  return [problem('enum_symbol', at, `the reader does not know ${words} and has no default`)];
}

function compareFixed(reader: Fixed, writer: Fixed, at: At): Incompatibility[] {
  if (reader.size === writer.size) return [];
  return [problem('fixed_size', at, `${writer.size} bytes written, ${reader.size} bytes read`)];
}

type Union = types.UnwrappedUnionType;
type Record_ = types.RecordType;
type Enum = types.EnumType;
type Fixed = types.FixedType;
type ArrayOf = types.ArrayType;
type MapOf = types.MapType;

const isUnion = (type: Type): type is Union => type.typeName.startsWith('union:');
/** Not in the library's types, but in its EnumType. */
const defaultOf = (type: Enum): unknown => (type as { default?: unknown }).default;
const kindOf = (type: Type): string => (type.typeName === 'error' ? 'record' : type.typeName);

function nameOf(type: Type): string {
  if (isUnion(type)) return `[${type.types.map(nameOf).join(', ')}]`;
  return type.name ?? type.typeName;
}

function answersTo(reader: Type, writer: Type): boolean {
  const names = [reader.name, ...(reader.aliases ?? [])];
  return names.includes(writer.name);
}

const problem = (rule: string, { path }: At, message: string): Incompatibility => ({
  rule,
  path,
  message,
});
