import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { DecodeFailed, EncodeFailed, SchemaInvalid } from '../../errors.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Codec, Format, SchemaSource } from '../codec.ts';
import { jsonIncompatibilities } from './compatibility.ts';
import { JsonDocument, type Schema } from './document.ts';

const FORMAT = 'json';
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON, checked by JSON Schema 2020-12. A reference's name is the `$ref` it stands for. */
export const json: Format = {
  name: FORMAT,
  canonical: ({ text }) => canonicalJson(parse(text)),
  codec: (source) => new JsonCodec(source),
  incompatibilities: (reader, writer) =>
    jsonIncompatibilities(documentOf(reader), documentOf(writer)),
};

class JsonCodec<T> implements Codec<T> {
  readonly #validate: ReturnType<Ajv2020['compile']>;

  constructor({ text, references = new Map() }: SchemaSource) {
    const schema = parse(text);
    try {
      // `format` stays an annotation, as 2020-12 has it by default.
      const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
      for (const [name, referred] of references) ajv.addSchema(parse(referred) as object, name);
      this.#validate = ajv.compile(schema as object);
    } catch (error) {
      throw new SchemaInvalid(FORMAT, error);
    }
  }

  encode(value: T): Uint8Array {
    const problems = this.check(value);
    if (problems.length > 0) throw new EncodeFailed(FORMAT, problems);
    return new TextEncoder().encode(JSON.stringify(value));
  }

  decode(bytes: Uint8Array): T {
    let value: unknown;
    try {
      value = JSON.parse(utf8.decode(bytes));
    } catch (error) {
      throw new DecodeFailed(FORMAT, error);
    }
    const problems = this.check(value);
    if (problems.length > 0) throw new DecodeFailed(FORMAT, new Error(problems.join('; ')));
    return value as T;
  }

  check(value: unknown): string[] {
    if (value === undefined) return ['/: undefined is not JSON'];
    return this.#validate(value) ? [] : (this.#validate.errors ?? []).map(problemText);
  }
}

function problemText({ instancePath, message, params }: ErrorObject): string {
  const extra = params['additionalProperty'] ?? params['unevaluatedProperty'];
  return `${instancePath || '/'}: ${message}${extra === undefined ? '' : ` (${String(extra)})`}`;
}

const documentOf = ({ text, references = new Map() }: SchemaSource): JsonDocument =>
  new JsonDocument(
    parse(text),
    new Map([...references].map(([name, referred]) => [name, parse(referred)])),
  );

function parse(text: string): Schema {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SchemaInvalid(FORMAT, error);
  }
  if (typeof value === 'boolean') return value;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Schema;
  throw new SchemaInvalid(FORMAT, new Error('a schema is an object, true or false'));
}
