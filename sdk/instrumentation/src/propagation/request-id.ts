import { type Context, context } from '@opentelemetry/api';

/** The header by which callers without `traceparent` name what belongs together. */
export const REQUEST_ID_HEADER = 'X-Trace-ID';
/** The same on log lines and log records. */
export const REQUEST_ID_FIELD = 'x_trace_id';

/** Visible ASCII and not too long: the value comes from outside and goes into lines and headers. */
const ACCEPTABLE = /^[\x21-\x7e]{1,128}$/;

// A registered symbol: the preload and an application that imports the package may hold two copies.
const KEY = Symbol.for('hopline.request_id');

/** The `X-Trace-ID` that this work goes back to; undefined when there was none. */
export function requestIdOf(from: Context = context.active()): string | undefined {
  const id = from.getValue(KEY);
  return typeof id === 'string' ? id : undefined;
}

/** `given` with the id; as it was when the id is none that can be passed on. */
export function withRequestId(given: Context, id: string): Context {
  return ACCEPTABLE.test(id) ? given.setValue(KEY, id) : given;
}

/** For a log line or record in the active context; empty when there is no id. */
export function requestIdAttribute(): Record<string, string> {
  const id = requestIdOf();
  return id === undefined ? {} : { [REQUEST_ID_FIELD]: id };
}
