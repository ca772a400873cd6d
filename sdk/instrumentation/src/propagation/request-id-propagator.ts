import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api';
import { REQUEST_ID_HEADER, requestIdOf, withRequestId } from './request-id.ts';

/** Says of a propagator that it adds `X-Trace-ID` to what another one does. */
export const CARRIES_REQUEST_ID = Symbol.for('hopline.carries_request_id');

const FIELD = REQUEST_ID_HEADER.toLowerCase();

/**
 * Carries the `X-Trace-ID` of a request on, beside what `inner` carries: into every message and request
 * that the work leads to, and out of them again. It is no trace id of its own; whoever sent it finds
 * it on the logs, with the trace id beside it.
 */
export class RequestIdPropagator implements TextMapPropagator {
  readonly [CARRIES_REQUEST_ID] = true;
  readonly #inner: TextMapPropagator;

  constructor(inner: TextMapPropagator) {
    this.#inner = inner;
  }

  inject<Carrier>(context: Context, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
    this.#inner.inject(context, carrier, setter);
    const id = requestIdOf(context);
    if (id !== undefined) setter.set(carrier, REQUEST_ID_HEADER, id);
  }

  extract<Carrier>(context: Context, carrier: Carrier, getter: TextMapGetter<Carrier>): Context {
    const extracted = this.#inner.extract(context, carrier, getter);
    const found = getter.get(carrier, FIELD);
    const id = Array.isArray(found) ? found[0] : found;
    return id === undefined ? extracted : withRequestId(extracted, id);
  }

  fields(): string[] {
    return [...this.#inner.fields(), FIELD];
  }
}
