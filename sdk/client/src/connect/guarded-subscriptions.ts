import type {
  Msg,
  NatsConnection,
  Subscription,
  SubscriptionOptions,
} from '@nats-io/transport-node';
import { toError } from '../errors.ts';

/**
 * From here on no callback of a subscription of this connection can end its read loop by throwing, nor
 * the process by rejecting. Covers what is built on `subscribe`: services, consumers with a callback.
 */
export class GuardedSubscriptions {
  readonly #report: (subject: string, error: Error) => void;
  readonly #open = new Set<Subscription>();
  readonly #running = new Set<Promise<unknown>>();

  constructor(nc: NatsConnection, report: (subject: string, error: Error) => void) {
    this.#report = report;
    const subscribe = nc.subscribe.bind(nc);
    nc.subscribe = (subject: string, options?: SubscriptionOptions): Subscription => {
      const callback = options?.callback;
      return this.#track(
        callback === undefined
          ? subscribe(subject, options)
          : subscribe(subject, { ...options, callback: this.#guarded(callback, subject) }),
      );
    };
  }

  /**
   * Takes no new messages, and resolves when those that came are handled: iterators read to their end,
   * promises of callbacks settled. `nc.drain()` alone closes while an iterator still has messages.
   */
  async drain(): Promise<void> {
    const open = [...this.#open];
    await Promise.allSettled(open.map((subscription) => subscription.drain()));
    await Promise.allSettled(open.map((subscription) => subscription.closed));
    await Promise.allSettled(this.#running);
  }

  #track(subscription: Subscription): Subscription {
    this.#open.add(subscription);
    const forget = (): void => {
      this.#open.delete(subscription);
    };
    subscription.closed.then(forget, forget);
    return subscription;
  }

  #guarded(callback: (error: Error | null, message: Msg) => unknown, subject: string) {
    const failed = (thrown: unknown): void => this.#report(subject, toError(thrown));
    return (error: Error | null, message: Msg): void => {
      try {
        const result = callback(error, message);
        if (result instanceof Promise) this.#follow(result.catch(failed));
      } catch (thrown) {
        failed(thrown);
      }
    };
  }

  #follow(running: Promise<unknown>): void {
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  }
}
