import { type AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { isMap } from 'node:util/types';
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
  /** Unix milliseconds at which the handler before was done, and which message of its connection it had. */
  #handledMs = 0;
  #handled = 0;
  readonly #forget = (): void => {
    this.#around = undefined;
  };

  run(entered: Context, handler: AnyMethod, call: HandlerCall): unknown {
    if (!this.#around) {
      const storage = currentStorage();
      if (!storage) return applyIn(entered, handler, call);
      this.#around = new AsyncResource('NatsMessages', { requireManualDestroy: true });
      emptyFrameOf(this.#around, storage);
      queueMicrotask(this.#forget);
    }
    return this.#around.runInAsyncScope(enterAndCall, undefined, entered, handler, call);
  }

  /** The handler of the connection's message number `message` was done at `atMs`, before it gave way to anyone. */
  handled(message: number, atMs: number): void {
    this.#handledMs = atMs;
    this.#handled = message;
  }

  /**
   * When message number `message` came, if that is known without asking the clock, which costs a tenth of
   * a delivery: it was parsed right after the handler of the one before it was done.
   */
  arrivalMs(message: number): number | undefined {
    return this.#around && message === this.#handled + 1 ? this.#handledMs : undefined;
  }
}

function enterAndCall(entered: Context, handler: AnyMethod, { self, args }: HandlerCall): unknown {
  answer?.enterWith(entered);
  return Reflect.apply(handler, self, args);
}

/**
 * Since Node 24 each `enterWith` copies the storages that it finds. Where there is only the one that each
 * handler replaces, which any `context.with` leaves behind, there is nothing to keep: then the handlers
 * start from no storage at all, and nothing is copied.
 */
function emptyFrameOf(around: AsyncResource, storage: AsyncLocalStorage<Context>): void {
  for (const key of Object.getOwnPropertySymbols(around)) {
    const frame: unknown = Reflect.get(around, key);
    // Not `instanceof Map`: Node's own class of frames is none.
    if (isMap(frame) && frame.size === 1 && frame.has(storage)) {
      Reflect.set(around, key, undefined);
    }
  }
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
