import avsc, { type Schema, type Type } from 'avsc';
import { DecodeFailed, EncodeFailed, SchemaInvalid } from '../../errors.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Codec, Format, SchemaSource } from '../codec.ts';
import { avroIncompatibilities } from './compatibility.ts';

const FORMAT = 'avro';

/**
 * Avro 1.12 binary, one datum without a container. A reference's name is the full name of the type it
 * defines. `long` is a JavaScript number: beyond 2^53 a value is refused, not rounded.
 */
export const avro: Format = {
  name: FORMAT,
  canonical(source) {
    typeOf(source);
    return canonicalJson(JSON.parse(source.text));
  },
  codec: (source) => new AvroCodec(source),
  incompatibilities: (reader, writer) => avroIncompatibilities(typeOf(reader), typeOf(writer)),
};

class AvroCodec<T> implements Codec<T> {
  readonly type: Type;
  /** Making a resolver compiles code: once for each writer. */
  readonly #resolvers = new WeakMap<Codec, ReturnType<Type['createResolver']>>();

  constructor(source: SchemaSource) {
    this.type = typeOf(source);
  }

  encode(value: T): Uint8Array {
    const problems = this.check(value);
    if (problems.length > 0) throw new EncodeFailed(FORMAT, problems);
    return this.type.toBuffer(value);
  }

  decode(bytes: Uint8Array, writer: Codec = this): T {
    try {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const value = this.type.fromBuffer(buffer, this.#resolverFor(writer)) as T;
      return value;
    } catch (error) {
      throw new DecodeFailed(FORMAT, error);
    }
  }

  check(value: unknown): string[] {
    const problems: string[] = [];
    this.type.isValid(value, {
      errorHook: (path, any, type) => {
        problems.push(`/${path.join('/')}: ${shown(any)} is not ${shown(type)}`);
      },
    });
    return problems;
  }

  #resolverFor(writer: Codec): ReturnType<Type['createResolver']> | undefined {
    if (writer === this) return undefined;
    if (!(writer instanceof AvroCodec)) throw new Error('it was not written as Avro');
    const known = this.#resolvers.get(writer);
    if (known) return known;
    const resolver = this.type.createResolver(writer.type);
    this.#resolvers.set(writer, resolver);
    return resolver;
  }
}

const MAX_SHOWN = 80;

const shown = (value: unknown): string => {
  const text = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
};

function typeOf({ text, references = new Map() }: SchemaSource): Type {
  try {
    const registry: Record<string, Type> = {};
    for (const referred of references.values()) {
      avsc.Type.forSchema(JSON.parse(referred) as Schema, { registry });
    }
    const schema: unknown = JSON.parse(text);
    return avsc.Type.forSchema(schema as Schema, { registry });
  } catch (error) {
    throw new SchemaInvalid(FORMAT, error);
  }
}
