import {
  type Context,
  context,
  createContextKey,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  type Span,
  trace,
} from '@opentelemetry/api';

/** The key under which the API keeps the active span, in all its versions and copies. */
export const SPAN_KEY = createContextKey('OpenTelemetry Context Key SPAN');

/** A parent context with another span. The API's own context copies a map and makes three closures. */
class SpanOverlay implements Context {
  readonly #parent: Context;
  readonly #span: Span;

  constructor(parent: Context, span: Span) {
    this.#parent = parent;
    this.#span = span;
  }

  getValue(key: symbol): unknown {
    return key === SPAN_KEY ? this.#span : this.#parent.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return trace.setSpan(this.#parent, this.#span).setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return trace.setSpan(this.#parent, this.#span).deleteValue(key);
  }
}

/** Asked of the API once: should it ever keep spans elsewhere, its own context is used. */
export const KEY_IS_RIGHT = (() => {
  const span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  return trace.getSpan(new SpanOverlay(ROOT_CONTEXT, span)) === span;
})();

/** `parent` with `span` as the active one. */
export function contextWith(parent: Context, span: Span): Context {
  return KEY_IS_RIGHT ? new SpanOverlay(parent, span) : trace.setSpan(parent, span);
}

export interface HandlerCall {
  self: unknown;
  args: unknown[];
}

/** `handler.apply(self, args)` with `entered` active; makes no closure. */
export function applyIn(
  entered: Context,
  handler: (...args: never[]) => unknown,
  call: HandlerCall,
): unknown {
  return context.with(entered, applyCall, undefined, handler, call);
}

function applyCall(handler: (...args: never[]) => unknown, { self, args }: HandlerCall): unknown {
  return Reflect.apply(handler, self, args);
}
