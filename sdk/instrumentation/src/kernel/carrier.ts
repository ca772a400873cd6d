import { parseTraceparent } from '@hopline/model';
import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api';
import type { NatsHeaders, NatsHeadersClass, NatsMessage } from './nats-internals.ts';

/** Marks header copies made here: whoever meets one knows that the operation has its span already. */
const OWNED = Symbol.for('hopline.nats.owned-headers');

/** Servers 2.11 and 2.12 write `Xraceparent` where they take a message out of server-side tracing. */
const ALIASES: Record<string, string> = { traceparent: 'xraceparent' };

const SETTER: TextMapSetter<Map<string, string[]>> = {
  set: (carrier, key, value) => void carrier.set(key, [value]),
};

const GETTER: TextMapGetter<NatsHeaders> = {
  keys: (carrier) => [...carrier.headers.keys()],
  get(carrier, key) {
    const values = valuesOf(carrier, key) ?? valuesOf(carrier, ALIASES[key]);
    if (!values || key !== 'traceparent') return values;
    // Of several, or with upper-case digits, the first that can be read.
    return values.map((value) => value.trim().toLowerCase()).find(parseTraceparent);
  },
};

function valuesOf(carrier: NatsHeaders, key: string | undefined): string[] | undefined {
  if (key === undefined) return undefined;
  const exact = carrier.headers.get(key);
  if (exact) return exact;
  for (const [name, values] of carrier.headers) {
    if (name.length === key.length && name.toLowerCase() === key) return values;
  }
  return undefined;
}

export function isOwned(headers: NatsHeaders | undefined): boolean {
  return headers !== undefined && OWNED in headers;
}

/** The creation context that a message carries, on top of the root: never the ambient one. */
export function extractContext(message: NatsMessage): Context {
  const { headers } = message;
  return headers ? propagation.extract(ROOT_CONTEXT, headers, GETTER) : ROOT_CONTEXT;
}

/** The context that the user put into the headers himself, if any. */
export function userContext(headers: NatsHeaders | undefined): Context | undefined {
  if (!headers || valuesOf(headers, 'traceparent') === undefined) return undefined;
  return propagation.extract(ROOT_CONTEXT, headers, GETTER);
}

/** First value of a header, any letter case; undefined when absent. */
export function headerValue(headers: NatsHeaders | undefined, key: string): string | undefined {
  return headers
    ? (headers.headers.get(key) ?? valuesOf(headers, key.toLowerCase()))?.[0]
    : undefined;
}

/**
 * A copy of `given` that carries `context`, or leaves alone the context that the user put there. The
 * caller's object is never touched.
 */
export function ownedHeaders(
  given: NatsHeaders | undefined,
  context: Context,
  MsgHeaders: NatsHeadersClass,
): NatsHeaders {
  const copy = given ? new MsgHeaders(given.code, given.description) : new MsgHeaders();
  if (given) for (const [key, values] of given) copy.headers.set(key, [...values]);
  if (!given || valuesOf(given, 'traceparent') === undefined) {
    propagation.inject(context, copy.headers, SETTER);
  }
  Object.defineProperty(copy, OWNED, { value: true });
  return copy;
}
