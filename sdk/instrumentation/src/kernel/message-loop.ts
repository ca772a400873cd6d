import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Delivery } from './delivery-source.ts';
import { enterContext } from './enter-context.ts';
import type { Kernel } from './kernel.ts';

/**
 * An async iterator over messages that gives each loop body the context of its message. The process
 * span begins when the message is handed out and ends when the next one is asked for, or the loop is
 * left. What a body throws is not visible here: the language calls `return()` for it too.
 *
 * The context is entered while the loop reads `done` of the result: that happens inside the loop's own
 * continuation, after its await and before its body. Entering any earlier, in `next()`, would leak: the
 * first `next()` of `(async () => { for await … })()` runs inside the caller's synchronous code.
 */
export class MessageLoop<T> implements AsyncIterableIterator<T> {
  readonly #kernel: Kernel;
  readonly #inner: AsyncIterator<T>;
  readonly #deliver: (message: T) => Delivery | undefined;
  #current: Delivery | undefined;
  /** The context around the loop, to go back to when a body is over. */
  #outer: Context = ROOT_CONTEXT;

  constructor(
    kernel: Kernel,
    inner: AsyncIterator<T>,
    deliver: (message: T) => Delivery | undefined,
  ) {
    this.#kernel = kernel;
    this.#inner = inner;
    this.#deliver = deliver;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  next(): Promise<IteratorResult<T>> {
    this.#leaveBody();
    if (this.#kernel.idle) return this.#inner.next();
    return this.#inner.next().then(this.#onResult);
  }

  return(value?: T | PromiseLike<T>): Promise<IteratorResult<T>> {
    this.#leaveBody();
    return this.#inner.return?.(value) ?? Promise.resolve({ done: true, value: undefined });
  }

  throw(error?: unknown): Promise<IteratorResult<T>> {
    this.#leaveBody();
    return this.#inner.throw?.(error) ?? Promise.reject(error);
  }

  readonly #onResult = (result: IteratorResult<T>): IteratorResult<T> => {
    if (result.done) return result;
    try {
      const delivery = this.#deliver(result.value);
      this.#current = delivery;
      return delivery ? new HandedOut(result.value, delivery, this.#enter) : result;
    } catch (error) {
      this.#kernel.report(error);
      return result;
    }
  };

  /** Runs inside the loop's own continuation, once per message. */
  readonly #enter = (delivery: Delivery): void => {
    try {
      this.#outer = context.active();
      enterContext(delivery.operation.context);
    } catch (error) {
      this.#kernel.report(error);
    }
  };

  /** Ends the body's span; leaves its context only where it is really the active one. */
  #leaveBody(): void {
    const delivery = this.#current;
    if (!delivery) return;
    this.#current = undefined;
    delivery.operation.end();
    try {
      if (context.active() === delivery.operation.context) enterContext(this.#outer);
    } catch (error) {
      this.#kernel.report(error);
    }
  }
}

/** A result that says when the loop looks at it. */
class HandedOut<T> implements IteratorYieldResult<T> {
  readonly #value: T;
  readonly #delivery: Delivery;
  #enter: ((delivery: Delivery) => void) | undefined;

  constructor(value: T, delivery: Delivery, enter: (delivery: Delivery) => void) {
    this.#value = value;
    this.#delivery = delivery;
    this.#enter = enter;
  }

  get done(): false {
    this.#look();
    return false;
  }

  get value(): T {
    this.#look();
    return this.#value;
  }

  #look(): void {
    const enter = this.#enter;
    this.#enter = undefined;
    enter?.(this.#delivery);
  }
}
