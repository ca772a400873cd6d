import { ATTR } from '@hopline/model';
import { headers as createHeaders, type MsgHdrs } from '@nats-io/nats-core';
import type { Codec } from '../codecs/codec.ts';
import { DecodeFailed, toError } from '../errors.ts';
import { observeSchemas, type SchemaObserver } from './observe.ts';
import type { SchemaRecord, VersionRecord } from './records.ts';
import type { SchemaRegistry } from './registry.ts';
import { framedPayload, readFrame, SCHEMA_HEADERS, writeFrame } from './wire.ts';

export interface MessageCodecOptions {
  registry: SchemaRegistry;
  /** `header`: id beside the payload, which stays readable. `confluent`: prefix. Default `header`. */
  wire?: 'header' | 'confluent';
  /** Which message of a Protobuf schema is written, with `confluent` alone; see SchemaSource. Default the first. */
  message?: readonly number[];
  /** Id of the schema that values are wanted as; default: each as it was written. */
  readAs?: string;
  /** How long "the latest version of a subject" is not asked for again. Default 30 s. */
  refreshMs?: number;
}

export interface Decoded<T> {
  readonly value: T;
  /** What it was written with. */
  readonly schema: SchemaRecord;
}

/** Values to messages and back, with the registry's schemas. */
export interface SchemaMessages {
  /** Throws EncodeFailed, or SchemaNotFound. `version`: default latest. */
  encode(
    subject: string,
    value: unknown,
    version?: number | 'latest',
  ): Promise<{ headers: MsgHdrs; data: Uint8Array }>;
  /** Reads both ways of naming a schema; the header wins. Throws DecodeFailed. */
  decode<T = unknown>(message: {
    headers?: MsgHdrs | undefined;
    data: Uint8Array;
  }): Promise<Decoded<T>>;
}

/** Counts go to the application's meter, schema attributes to the span that is active. */
export async function schemaMessages(options: MessageCodecOptions): Promise<SchemaMessages> {
  const messages = new Messages(options, await observeSchemas());
  return {
    encode: (subject, value, version) => messages.encode(subject, value, version),
    decode: (message) => messages.decode(message),
  };
}

const MAX_VERSIONS = 1_000;

interface Framed {
  payload: Uint8Array;
  message: readonly number[] | undefined;
}

type Message = { headers?: MsgHdrs | undefined; data: Uint8Array };

class Messages {
  readonly #options: MessageCodecOptions;
  readonly #observer: SchemaObserver;
  readonly #versions = new Map<string, { record: VersionRecord; until: number }>();

  constructor(options: MessageCodecOptions, observer: SchemaObserver) {
    this.#options = options;
    this.#observer = observer;
  }

  async encode(
    subject: string,
    value: unknown,
    version: number | 'latest' = 'latest',
  ): Promise<{ headers: MsgHdrs; data: Uint8Array }> {
    const { registry, wire = 'header' } = this.#options;
    const found = await this.#version(subject, version);
    const message = wire === 'confluent' ? this.#options.message : undefined;
    const codec = await registry.codec(found.id, message);
    const attributes = attributesOf(found, subject);
    try {
      const payload = codec.encode(value);
      this.#observer.done('encode', attributes);
      const headers = createHeaders();
      headers.set(SCHEMA_HEADERS.subject, subject);
      headers.set(SCHEMA_HEADERS.version, String(found.version));
      if (wire === 'confluent') {
        return { headers, data: writeFrame(found, payload, message) };
      }
      headers.set(SCHEMA_HEADERS.id, found.id);
      return { headers, data: payload };
    } catch (error) {
      this.#observer.failed('encode', attributes, toError(error));
      throw error;
    }
  }

  async decode<T>(message: Message): Promise<Decoded<T>> {
    const said = saidBy(message.headers);
    let attributes: Record<string, string | number> = said.attributes;
    try {
      const { schema, ...framed } = await this.#find(message, said.id);
      attributes = { ...attributes, ...attributesOf(schema) };
      const value = await this.#read<T>(schema, framed);
      this.#observer.done('decode', attributes);
      return { value, schema };
    } catch (thrown) {
      const error =
        thrown instanceof DecodeFailed
          ? thrown
          : new DecodeFailed('message', thrown, 'schema_unknown');
      this.#observer.failed('decode', attributes, error);
      throw error;
    }
  }

  async #version(subject: string, version: number | 'latest'): Promise<VersionRecord> {
    const { registry, refreshMs = 30_000 } = this.#options;
    const key = `${version} ${subject}`;
    const known = this.#versions.get(key);
    if (known && known.until > performance.now()) return known.record;
    const record = await registry.version(subject, version);
    this.#versions.set(key, { record, until: performance.now() + refreshMs });
    const [oldest] = this.#versions.keys();
    if (this.#versions.size > MAX_VERSIONS && oldest !== undefined) this.#versions.delete(oldest);
    return record;
  }

  async #find(
    { data }: Message,
    id: string | undefined,
  ): Promise<Framed & { schema: SchemaRecord }> {
    const { registry } = this.#options;
    if (id) return { schema: await registry.schema(id), payload: data, message: undefined };
    const frame = readFrame(data);
    if (!frame) {
      const error = new Error(`it has neither a ${SCHEMA_HEADERS.id} header nor a prefix`);
      throw new DecodeFailed('message', error, 'framing');
    }
    const schema = await registry.schemaByNumber(frame.number);
    return { schema, ...framedPayload(schema.format, frame.rest) };
  }

  async #read<T>(schema: SchemaRecord, { payload, message }: Framed): Promise<T> {
    const { registry, readAs } = this.#options;
    const writer = await registry.codec(schema.id, message);
    const reader = readAs ? await registry.codec(readAs, message) : writer;
    return (reader as Codec<T>).decode(payload, writer);
  }
}

function saidBy(headers: MsgHdrs | undefined): {
  id: string | undefined;
  attributes: Record<string, string | number>;
} {
  const id = headers?.get(SCHEMA_HEADERS.id) || undefined;
  const subject = headers?.get(SCHEMA_HEADERS.subject);
  const version = Number(headers?.get(SCHEMA_HEADERS.version));
  return {
    id,
    attributes: {
      ...(subject && { [ATTR.schemaSubject]: subject }),
      ...(Number.isSafeInteger(version) && version > 0 && { [ATTR.schemaVersion]: version }),
    },
  };
}

function attributesOf(
  found: SchemaRecord | VersionRecord,
  subject?: string,
): Record<string, string | number> {
  return {
    [ATTR.schemaId]: found.id,
    [ATTR.schemaFormat]: found.format,
    ...('version' in found && { [ATTR.schemaVersion]: found.version }),
    ...(subject !== undefined && { [ATTR.schemaSubject]: subject }),
  };
}
