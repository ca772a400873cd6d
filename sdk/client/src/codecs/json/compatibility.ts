import { canonicalJson } from '../canonical-json.ts';
import type { Incompatibility } from '../codec.ts';
import { boundProblems } from './bounds.ts';
import {
  isSchema,
  type JsonDocument,
  type Place,
  type Schema,
  type SchemaObject,
} from './document.ts';

const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];
/** Keywords that say nothing about what is valid, or that are followed elsewhere. */
const SILENT = new Set(
  (
    '$schema $id $anchor $comment $defs definitions title description default examples deprecated ' +
    'readOnly writeOnly format contentEncoding contentMediaType'
  ).split(' '),
);
const KNOWN = new Set(
  (
    'type enum const properties required additionalProperties items anyOf oneOf $ref minimum maximum ' +
    'exclusiveMinimum exclusiveMaximum minLength maxLength minItems maxItems minProperties ' +
    'maxProperties'
  ).split(' '),
);
/** Schemas nest; those that refer to themselves end by `seen`, hostile ones here. */
const MAX_DEPTH = 100;

/**
 * What the reader's schema refuses of what a writer may send. A writer sends the properties that its schema
 * declares; others only where `additionalProperties` says so in so many words. What these rules do
 * not understand must be the same on both sides: they refuse rather than guess.
 */
export function jsonIncompatibilities(
  reader: JsonDocument,
  writer: JsonDocument,
): Incompatibility[] {
  const walk = new Walk();
  return walk.compare(
    { schema: reader.root, document: reader },
    { schema: writer.root, document: writer },
    '$',
  );
}

class Walk {
  readonly #seen = new Map<Schema, Set<Schema>>();
  #depth = 0;

  compare(reader: Place, writer: Place, path: string): Incompatibility[] {
    if (this.#depth > MAX_DEPTH) return [problem('depth', path, `nests deeper than ${MAX_DEPTH}`)];
    this.#depth += 1;
    try {
      return this.#compare(reader, writer, path);
    } finally {
      this.#depth -= 1;
    }
  }

  #compare(reader: Place, writer: Place, path: string): Incompatibility[] {
    const r = followed(reader);
    const w = followed(writer);
    if (!r || !w) {
      const same = canonicalJson(reader.schema) === canonicalJson(writer.schema);
      return same ? [] : [problem('reference', path, 'a $ref that cannot be followed has changed')];
    }
    if (r.schema === true || w.schema === false) return [];
    if (r.schema === false) return [problem('property_refused', path, 'the reader refuses it')];
    const written: SchemaObject = w.schema === true ? {} : w.schema;
    // A pair that is being compared further up is what its other parts make of it.
    const seen = this.#seen.get(r.schema) ?? new Set();
    if (w.schema !== true && seen.has(w.schema)) return [];
    this.#seen.set(r.schema, seen.add(w.schema));
    try {
      return this.#objects({ ...r, schema: r.schema }, { ...w, schema: written }, path);
    } finally {
      seen.delete(w.schema);
    }
  }

  #objects(reader: ObjectPlace, writer: ObjectPlace, path: string): Incompatibility[] {
    const r = reader.schema;
    const w = writer.schema;
    if (r['oneOf'] && same(r['oneOf'], w['oneOf']) && !refers(r['oneOf'])) {
      const [less, same] = [without(r, 'oneOf'), without(w, 'oneOf')];
      return this.#objects({ ...reader, schema: less }, { ...writer, schema: same }, path);
    }
    for (const word of ['anyOf', 'oneOf']) {
      if (Array.isArray(w[word])) return this.#eachWritten(reader, writer, { path, word });
    }
    return [
      ...this.#someRead(reader, writer, path),
      ...typeProblems(r, w, path),
      ...enumProblems(r, w, path),
      ...boundProblems(r, w, path),
      ...(mayBe(w, 'object') ? this.#properties(reader, writer, path) : []),
      ...(mayBe(w, 'array') ? this.#items(reader, writer, path) : []),
      ...otherProblems(r, w, path),
    ];
  }

  #eachWritten(
    reader: ObjectPlace,
    writer: ObjectPlace,
    { path, word }: { path: string; word: string },
  ): Incompatibility[] {
    const rest = without(writer.schema, word);
    return (writer.schema[word] as Schema[]).flatMap((branch) => {
      const place = followed({ schema: branch, document: writer.document });
      if (!place) return [problem('reference', path, `a $ref in ${word} cannot be followed`)];
      if (typeof place.schema === 'boolean') {
        return place.schema ? this.compare(reader, { ...writer, schema: rest }, path) : [];
      }
      const branchSchema = place.schema;
      const clash = Object.keys(branchSchema).filter((key) => key in rest && !SILENT.has(key));
      if (clash.length > 0) {
        return [problem('keyword', path, `${clash.join(', ')} both beside and inside ${word}`)];
      }
      return this.compare(reader, { ...place, schema: { ...rest, ...branchSchema } }, path);
    });
  }

  #someRead(reader: ObjectPlace, writer: ObjectPlace, path: string): Incompatibility[] {
    const branches = reader.schema['anyOf'];
    if (reader.schema['oneOf'] !== undefined) {
      return [problem('oneOf', path, 'oneOf of the reader is not the same in the writer')];
    }
    if (!Array.isArray(branches)) return [];
    const found = branches.map((schema: Schema) =>
      this.compare({ schema, document: reader.document }, writer, path),
    );
    if (found.some((problems) => problems.length === 0)) return [];
    const near = found.flat()[0];
    return [problem('anyOf', path, `no branch of the reader accepts it: ${near?.message ?? ''}`)];
  }

  #properties(reader: ObjectPlace, writer: ObjectPlace, path: string): Incompatibility[] {
    const read = propertiesOf(reader.schema);
    const written = propertiesOf(writer.schema);
    const required = stringsOf(writer.schema['required']);
    const readRest = schemaOr(reader.schema['additionalProperties'], true);
    // Not said: the writer sends what it declares.
    const writtenRest = schemaOr(writer.schema['additionalProperties'], false);
    const missing = stringsOf(reader.schema['required']).filter((name) => !required.includes(name));
    const names = new Set([...Object.keys(read), ...Object.keys(written), ...required]);
    return [
      ...missing.map((name) =>
        problem(
          'required',
          `${path}.${name}`,
          'the reader requires it, the writer may leave it out',
        ),
      ),
      ...[...names].flatMap((name) => {
        const fallback = required.includes(name) ? true : writtenRest;
        const target = own(read, name) ?? readRest;
        const schema = own(written, name) ?? fallback;
        return this.compare(
          { schema: target, document: reader.document },
          { schema, document: writer.document },
          `${path}.${name}`,
        );
      }),
      ...this.compare(
        { schema: readRest, document: reader.document },
        { schema: writtenRest, document: writer.document },
        `${path}.*`,
      ),
    ];
  }

  #items(reader: ObjectPlace, writer: ObjectPlace, path: string): Incompatibility[] {
    return this.compare(
      { schema: schemaOr(reader.schema['items'], true), document: reader.document },
      { schema: schemaOr(writer.schema['items'], true), document: writer.document },
      `${path}[]`,
    );
  }
}

type ObjectPlace = Place & { schema: SchemaObject };

/** The end of a chain of `$ref`s; undefined where one cannot be followed. */
function followed(place: Place): Place | undefined {
  let at: Place | undefined = place;
  for (let steps = 0; at && steps < MAX_DEPTH; steps += 1) {
    if (typeof at.schema === 'boolean' || at.schema['$ref'] === undefined) return at;
    const others = Object.keys(at.schema).filter((key) => key !== '$ref' && !SILENT.has(key));
    if (others.length > 0) return undefined;
    at = at.document.find(String(at.schema['$ref']));
  }
  return undefined;
}

function typeProblems(r: SchemaObject, w: SchemaObject, path: string): Incompatibility[] {
  const read = typesOf(r);
  const refused = typesOf(w).filter(
    (type) => !read.includes(type) && !(type === 'integer' && read.includes('number')),
  );
  if (refused.length === 0) return [];
  const written = w['type'] === undefined && !valuesOf(w) ? 'anything' : refused.join(' or ');
  return [
    problem('type', path, `the writer sends ${written}, the reader takes ${read.join(' or ')}`),
  ];
}

function enumProblems(r: SchemaObject, w: SchemaObject, path: string): Incompatibility[] {
  const read = valuesOf(r);
  if (!read) return [];
  const written = valuesOf(w);
  if (!written) return [problem('enum', path, 'the reader takes a list of values only')];
  const refused = written.filter((value) => !read.some((known) => same(known, value)));
  const words = refused.map((value) => JSON.stringify(value)).join(', ');
  return refused.length > 0 ? [problem('enum', path, `the reader does not know ${words}`)] : [];
}

/** What is not understood has to be the same, and must not refer to what may have changed. */
function otherProblems(r: SchemaObject, w: SchemaObject, path: string): Incompatibility[] {
  return Object.keys(r)
    .filter((key) => !KNOWN.has(key) && !SILENT.has(key))
    .filter((key) => !same(r[key], w[key]) || refers(r[key]))
    .map((key) => problem('keyword', path, `${key} of the reader is not the same in the writer`));
}

const problem = (rule: string, path: string, message: string): Incompatibility => ({
  rule,
  path,
  message,
});

function typesOf(schema: SchemaObject): string[] {
  const { type } = schema;
  if (type !== undefined) return stringsOf(Array.isArray(type) ? type : [type]);
  return [...new Set(valuesOf(schema)?.map(typeOfValue) ?? TYPES)];
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

const mayBe = (schema: SchemaObject, type: string): boolean => typesOf(schema).includes(type);

function valuesOf(schema: SchemaObject): unknown[] | undefined {
  if ('const' in schema) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined;
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
const refers = (value: unknown): boolean => /"\$(dynamicR|r)ef":/.test(JSON.stringify(value));
const own = (record: Record<string, Schema>, name: string): Schema | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
const propertiesOf = (schema: SchemaObject): Record<string, Schema> =>
  (schema['properties'] ?? {}) as Record<string, Schema>;
const stringsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
const schemaOr = (value: unknown, otherwise: Schema): Schema =>
  isSchema(value) ? value : otherwise;
const without = (schema: SchemaObject, word: string): SchemaObject =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== word));
