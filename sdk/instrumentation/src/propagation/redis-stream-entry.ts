import { type Context, context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';

/** As `XADD` of node-redis takes an entry and as its `XREAD` gives it. */
export type RedisStreamFields = Record<string, string>;

/**
 * A copy of `fields` with the trace context among them, for `XADD`: entries of Redis Streams have no
 * headers. A `traceparent` that is there already stays, with all that belongs to it.
 */
export function injectRedisEntry(
  fields: RedisStreamFields,
  from: Context = context.active(),
): RedisStreamFields {
  const copy = { ...fields };
  if (copy.traceparent === undefined) propagation.inject(from, copy);
  return copy;
}

/**
 * The context that an entry was added in, never on top of the active one. Takes the fields as an object
 * (node-redis) or as a list of names and values in turn (ioredis).
 */
export function extractRedisEntry(fields: RedisStreamFields | readonly string[]): Context {
  return propagation.extract(ROOT_CONTEXT, Array.isArray(fields) ? pairsOf(fields) : fields);
}

function pairsOf(list: readonly string[]): RedisStreamFields {
  const fields: RedisStreamFields = {};
  for (let at = 0; at + 1 < list.length; at += 2) fields[String(list[at])] = String(list[at + 1]);
  return fields;
}
