import protobufjs, { type Type } from 'protobufjs';
import { DecodeFailed, EncodeFailed, SchemaInvalid } from '../../errors.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Codec, Format, SchemaSource } from '../codec.ts';
import { messageProblems } from './check.ts';
import { protobufIncompatibilities } from './compatibility.ts';
import { plain } from './plain.ts';
import { type MessagePlan, planOf } from './plan.ts';

const FORMAT = 'protobuf';

/**
 * Protocol Buffers. A message of the first type of the text is meant; a reference's name is the path that
 * `import` gives. 64-bit integers are decimal strings when decoded, enums are names, bytes Uint8Array.
 */
export const protobuf: Format = {
  name: FORMAT,
  // Comments and layout are no part of it.
  canonical: (source) => {
    typeOf(source);
    const { root } = protobufjs.parse(source.text, new protobufjs.Root(), { keepCase: true });
    return canonicalJson([importsOf(source.text), root.toJSON()]);
  },
  codec: (source) => new ProtobufCodec(source),
  incompatibilities: (reader, writer) => protobufIncompatibilities(typeOf(reader), typeOf(writer)),
};

class ProtobufCodec<T> implements Codec<T> {
  readonly #type: Type;
  readonly #plan: MessagePlan;

  constructor(source: SchemaSource) {
    this.#type = typeOf(source);
    this.#plan = planOf(this.#type);
  }

  encode(value: T): Uint8Array {
    const problems = this.check(value);
    if (problems.length > 0) throw new EncodeFailed(FORMAT, problems);
    return this.#type.encode(this.#type.fromObject(value as object)).finish();
  }

  /** Fields go by number: the writer's schema is not needed. */
  decode(bytes: Uint8Array): T {
    try {
      return plain(this.#plan, this.#type.decode(bytes)) as T;
    } catch (error) {
      throw new DecodeFailed(FORMAT, error);
    }
  }

  check(value: unknown): string[] {
    return messageProblems(this.#plan, value);
  }
}

/** The message type that is meant, everything it refers to resolved. */
function typeOf({ text, references = new Map(), message = [0] }: SchemaSource): Type {
  try {
    const root = new protobufjs.Root();
    const options = { keepCase: true };
    const main = protobufjs.parse(text, root, options);
    const pending = [...(main.imports ?? [])];
    const space = main.package ? root.lookup(main.package) : root;
    const type = messageAt(space, message);
    if (!type)
      throw new Error(
        `it defines no message${message.length > 1 || message[0] ? ` [${message}]` : ''}`,
      );
    const loaded = new Set<string>();
    for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
      if (loaded.has(path)) continue;
      loaded.add(path);
      pending.push(...load(root, path, references.get(path)));
    }
    root.resolveAll();
    return type;
  } catch (error) {
    throw new SchemaInvalid(FORMAT, error);
  }
}

function messageAt(space: unknown, path: readonly number[]): Type | undefined {
  let found: unknown = space;
  for (const place of path) {
    const nested = found instanceof protobufjs.Namespace ? found.nestedArray : [];
    found = nested.filter((each) => each instanceof protobufjs.Type)[place];
  }
  return found instanceof protobufjs.Type ? found : undefined;
}

/** Adds an imported file; returns what that imports itself. */
function load(root: protobufjs.Root, path: string, text: string | undefined): string[] {
  if (text !== undefined) {
    return protobufjs.parse(text, root, { keepCase: true }).imports ?? [];
  }
  const wellKnown = protobufjs.common.get(path);
  if (!wellKnown?.nested) throw new Error(`import "${path}" is not among the references`);
  root.addJSON(wellKnown.nested);
  return [];
}

function importsOf(text: string): string[] {
  return protobufjs.parse(text, new protobufjs.Root()).imports ?? [];
}
