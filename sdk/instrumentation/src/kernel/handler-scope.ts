import { type AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { type Context, context } from '@opentelemetry/api';
import { applyIn, type HandlerCall } from './message-context.ts';
import type { AnyMethod } from './nats-internals.ts';

interface StorageManager {
  _asyncLocalStorage?: AsyncLocalStorage<Context>;
}

/**
 * Runs the handlers of one connection's messages, each with its context, at a third of the cost of
 * `context.with`: since Node 24 `AsyncLocalStorage.run` copies the map of all storages twice, once
 * to enter and once to go back. Here the state around the handlers is noted once for all messages that the client
 * takes out of one read, and going back to it copies nothing. Inside a handler there is no difference.
 */
export class HandlerScope {
  #around: AsyncResource | undefined;
  readonly #forget = (): void => {
    this.#around = undefined;
  };

  run(entered: Context, handler: AnyMethod, call: HandlerCall): unknown {
    if (!currentStorage()) return applyIn(entered, handler, call);
    if (!this.#around) {
      this.#around = new AsyncResource('NatsMessages', { requireManualDestroy: true });
      queueMicrotask(this.#forget);
    }
    return this.#around.runInAsyncScope(enterAndCall, undefined, entered, handler, call);
  }
}

function enterAndCall(entered: Context, handler: AnyMethod, { self, args }: HandlerCall): unknown {
  answer?.enterWith(entered);
  return Reflect.apply(handler, self, args);
}

let asked: unknown;
let answer: AsyncLocalStorage<Context> | undefined;

/** Where the usual context manager keeps the active context; undefined for any other manager. */
function currentStorage(): AsyncLocalStorage<Context> | undefined {
  const manager = (
    context as unknown as { _getContextManager?(): StorageManager }
  )._getContextManager?.();
  if (manager !== asked) {
    asked = manager;
    const isUsual = manager?.constructor.name === 'AsyncLocalStorageContextManager';
    answer = isUsual && !Object.hasOwn(manager, 'with') ? manager._asyncLocalStorage : undefined;
  }
  return answer;
}
