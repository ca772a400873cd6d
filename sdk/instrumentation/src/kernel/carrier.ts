import { parseTraceparent } from '@hopline/model';
import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api';
import { REQUEST_ID_HEADER, requestIdOf } from '../propagation/request-id.ts';
import {
  type NatsHeaders,
  type NatsHeadersClass,
  type NatsMessage,
  rawMessageOf,
} from './nats-internals.ts';
import { OWNED } from './owned.ts';
import { asContext } from './received-context.ts';
import { traceHeaders } from './trace-headers.ts';
import { scanTraceparent, UNCLEAR } from './traceparent-scan.ts';
import { isValidSpanContext } from './valid-span-context.ts';
import { propagatesW3cOnly } from './w3c-only.ts';

/** Servers 2.11 and 2.12 write `Xraceparent` where they take a message out of server-side tracing. */
const ALIASES: Record<string, string> = { traceparent: 'xraceparent' };

const SETTER: TextMapSetter<Map<string, string[]>> = {
  set(carrier, key, value) {
    // An id that the user has put there himself stays.
    if (key === REQUEST_ID_HEADER && nameIn(carrier, key.toLowerCase()) !== undefined) return;
    carrier.set(key, [value]);
  },
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
  const { headers } = carrier;
  const name = headers.has(key) ? key : nameIn(headers, key);
  return name === undefined ? undefined : headers.get(name);
}

/** As it is written there; `key` is in lower case. */
function nameIn(headers: Map<string, string[]>, key: string): string | undefined {
  for (const name of headers.keys()) {
    if (name.length === key.length && name.toLowerCase() === key) return name;
  }
  return undefined;
}

export function isOwned(headers: NatsHeaders | undefined): boolean {
  return headers !== undefined && OWNED in headers;
}

/** The creation context that a message carries, on top of the root: never the ambient one. */
export function extractContext(message: NatsMessage): Context {
  const raw = propagatesW3cOnly() ? rawMessageOf(message) : undefined;
  const scanned = raw ? scanTraceparent(raw) : UNCLEAR;
  if (scanned === undefined) return ROOT_CONTEXT;
  if (scanned !== UNCLEAR) return asContext(scanned);
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

/**
 * The same without a copied map, when the context of `span` is all there is to carry. Undefined when there may
 * be more, or `given` says something of its own; then `ownedHeaders` asks the propagator.
 */
export function traceOnlyHeaders(
  { span, parent, given }: Carrying,
  MsgHeaders: NatsHeadersClass,
): NatsHeaders | undefined {
  if (!propagatesW3cOnly() || propagation.getBaggage(parent) !== undefined) return undefined;
  if (requestIdOf(parent) !== undefined) return undefined;
  if (given && (given.code > 0 || valuesOf(given, 'traceparent') !== undefined)) return undefined;
  const spanContext = span.spanContext();
  const isPlain = !spanContext.traceState && isValidSpanContext(spanContext);
  return isPlain ? traceHeaders({ spanContext, given }, MsgHeaders) : undefined;
}

export interface Carrying {
  span: Span;
  parent: Context;
  /** Of the caller. */
  given: NatsHeaders | undefined;
}
