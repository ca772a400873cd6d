import type { AnyMethod } from '../kernel/nats-internals.ts';

const CLIENT_HANDLER = Symbol('hopline.client-handler');

/** Marks a callback that the client gives to its own lower layer: it is not the application's. */
export function markClientHandler<Handler extends AnyMethod>(handler: Handler): Handler {
  return Object.defineProperty(handler, CLIENT_HANDLER, { value: true });
}

export function isClientHandler(handler: unknown): boolean {
  return typeof handler === 'function' && CLIENT_HANDLER in handler;
}

const OWN_SUBSCRIPTION = Symbol('hopline.own-subscription');

type Marked = object & { [OWN_SUBSCRIPTION]?: string | undefined };

/** The next subscription of `nc` to `subject` is the client's own; told by whoever makes it next. */
export function expectOwnSubscription(nc: object, subject: string): void {
  Object.defineProperty(nc, OWN_SUBSCRIPTION, { value: subject, writable: true });
}

/** True once for a subscription that was expected. */
export function isOwnSubscription(nc: object, subject: string): boolean {
  const marked: Marked = nc;
  if (marked[OWN_SUBSCRIPTION] !== subject) return false;
  marked[OWN_SUBSCRIPTION] = undefined;
  return true;
}
