import { type Context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { KEY_IS_RIGHT, SPAN_KEY } from './message-context.ts';
import { NumericSpanContext } from './numeric-span-context.ts';

/**
 * What a message says of its trace: the span context, the remote span that has it, and the root
 * context with that span. One object, because most messages are not sampled and need nothing else.
 */
export class ReceivedContext extends NumericSpanContext implements Span, Context {
  /** The same as `NumericSpanContext.read`. */
  static override read(bytes: Uint8Array, at: number): ReceivedContext | undefined {
    const made = new ReceivedContext();
    return made.fill(bytes, at) ? made : undefined;
  }

  getValue(key: symbol): unknown {
    return key === SPAN_KEY ? this : undefined;
  }

  setValue(key: symbol, value: unknown): Context {
    return trace.setSpan(ROOT_CONTEXT, this).setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return key === SPAN_KEY ? ROOT_CONTEXT : this;
  }

  spanContext(): this {
    return this;
  }

  isRecording(): false {
    return false;
  }

  setAttribute(): this {
    return this;
  }

  setAttributes(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  recordException(): void {}

  end(): void {}
}

/** `received` as a context, should the API ever keep spans under another key. */
export function asContext(received: ReceivedContext): Context {
  return KEY_IS_RIGHT ? received : trace.setSpan(ROOT_CONTEXT, received);
}
