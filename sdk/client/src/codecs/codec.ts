export type FormatName = 'avro' | 'json' | 'protobuf';

/** Values of one schema, to bytes and back. */
export interface Codec<T = unknown> {
  /** Throws EncodeFailed, which names every problem of the value. */
  encode(value: T): Uint8Array;
  /**
   * `writer` is the codec of the schema that the bytes were written with, of the same format; by default
   * they were written with this one. Throws DecodeFailed.
   */
  decode(bytes: Uint8Array, writer?: Codec): T;
  /** What is wrong with a value, each with its path; nothing when it fits. */
  check(value: unknown): string[];
}

/** A schema as somebody wrote it, with everything it refers to. */
export interface SchemaSource {
  text: string;
  /** By the name that the text uses; each after those that it refers to itself. */
  references?: ReadonlyMap<string, string>;
  /** Protobuf: which message of the text, by places from outside in: `[1, 0]` is the first in the second. Default `[0]`. */
  message?: readonly number[] | undefined;
}

/** Why a reader cannot read what a writer may write. */
export interface Incompatibility {
  /** Stable word, see docs/schema-changes.md. */
  readonly rule: string;
  /** Where: `Order.lines[].price`. */
  readonly path: string;
  readonly message: string;
}

/** What differs from format to format. All of them throw SchemaInvalid for a text that is no schema. */
export interface Format {
  readonly name: FormatName;
  /** The same text for schemas that differ only in how they were written down; the id is its hash. */
  canonical(source: SchemaSource): string;
  codec<T = unknown>(source: SchemaSource): Codec<T>;
  /** Everything that keeps `reader` from reading what was written with `writer`. */
  incompatibilities(reader: SchemaSource, writer: SchemaSource): Incompatibility[];
}
