import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Delivery } from './delivery.ts';
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
    return this.#inner.next().then((result) => {
      if (result.done) return result;
      return this.#kernel.guard(() => this.#handOut(result.value)) ?? result;
    });
  }

  return(value?: T | PromiseLike<T>): Promise<IteratorResult<T>> {
    this.#leaveBody();
    return this.#inner.return?.(value) ?? Promise.resolve({ done: true, value: undefined });
  }

  throw(error?: unknown): Promise<IteratorResult<T>> {
    this.#leaveBody();
    return this.#inner.throw?.(error) ?? Promise.reject(error);
  }

  #handOut(value: T): IteratorResult<T> | undefined {
    const delivery = this.#deliver(value);
    this.#current = delivery;
    if (!delivery) return undefined;
    let entered = false;
    const enter = (): void => {
      if (entered) return;
      entered = true;
      this.#kernel.guard(() => {
        this.#outer = context.active();
        enterContext(delivery.operation.context);
      });
    };
    return {
      get done(): false {
        enter();
        return false;
      },
      get value(): T {
        enter();
        return value;
      },
    };
  }

  /** Ends the body's span; leaves its context only where it is really the active one. */
  #leaveBody(): void {
    const delivery = this.#current;
    if (!delivery) return;
    this.#current = undefined;
    delivery.operation.end();
    this.#kernel.guard(() => {
      if (context.active() === delivery.operation.context) enterContext(this.#outer);
    });
  }
}
