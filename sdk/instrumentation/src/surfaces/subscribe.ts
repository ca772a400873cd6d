import { ATTR } from '@hopline/model';
import { factsOf } from '../kernel/connection-facts.ts';
import { markReceived, openDelivery, runDelivery, tryOpenDelivery } from '../kernel/delivery.ts';
import type { DeliverySource } from '../kernel/delivery-source.ts';
import { isQuietDelivery } from '../kernel/destination.ts';
import { HandlerScope } from '../kernel/handler-scope.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { AnyMethod, Connection, NatsMessage, Protocol } from '../kernel/nats-internals.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { isOwnSubscription } from './client-handlers.ts';
import { loopSource } from './iterate.ts';
import { NATS_CORE, type Surface, undoAll } from './surface.ts';

interface SubscribeOptions {
  queue?: string;
  callback?: AnyMethod;
}

/** `SubscriptionImpl`, as far as its messages' spans need it. */
interface Subscription {
  protocol: Protocol;
  subject: string;
  queue?: string | undefined;
}

/** `nc.subscribe(subject, { callback })`. */
export const subscribeSurface: Surface = {
  ...NATS_CORE,
  file: 'lib/nats.js',
  patch: (exports, kernel) =>
    wrapMethod(
      exports.NatsConnectionImpl?.prototype,
      'subscribe',
      (original) =>
        function subscribe(this: Connection, subject: string, options?: SubscribeOptions) {
          const traced = kernel.guard(() => tracedOptions(kernel, this, { subject, options }));
          return original.call(this, subject, traced ?? options);
        },
    ),
};

/** `for await (const msg of subscription)`. */
export const subscriptionSurface: Surface = {
  ...NATS_CORE,
  file: 'lib/protocol.js',
  patch(exports, kernel) {
    const subscription = exports.SubscriptionImpl?.prototype;
    return undoAll([
      wrapMethod(
        subscription,
        'callback',
        (original) =>
          function callback(this: unknown, error: unknown, message: unknown) {
            if (!error && !kernel.idle) markReceived(kernel, message);
            return original.call(this, error, message);
          },
      ),
      loopSource(subscription, function (this: Subscription) {
        const source = sourceOf(kernel, this);
        return (message) => openDelivery(source, message);
      }),
    ]);
  },
};

function tracedOptions(
  kernel: Kernel,
  nc: Connection,
  { subject, options }: { subject: string; options: SubscribeOptions | undefined },
): SubscribeOptions | undefined {
  const callback = options?.callback;
  if (isOwnSubscription(nc, subject)) return undefined;
  if (typeof callback !== 'function' || kernel.quiet) return undefined;
  if (isQuietDelivery(subject, factsOf(nc.protocol).inboxPrefix)) return undefined;
  const source = sourceOf(kernel, { protocol: nc.protocol, subject, queue: options?.queue });
  source.scope = scopeOf(nc.protocol);
  return {
    ...options,
    callback(this: unknown, error: unknown, message: NatsMessage) {
      if (error || kernel.idle) return callback.call(this, error, message);
      // Parsed and handled at the same moment: the start of the span is the time of receipt.
      const delivery = tryOpenDelivery(source, message);
      if (!delivery) return callback.call(this, error, message);
      return runDelivery(delivery, callback, { self: this, args: [error, message] });
    },
  };
}

const SCOPE = Symbol('hopline.scope');

/** One for all subscriptions of a connection: they are called out of the same reads. */
function scopeOf(protocol: Protocol & { [SCOPE]?: HandlerScope }): HandlerScope {
  protocol[SCOPE] ??= new HandlerScope();
  return protocol[SCOPE];
}

function sourceOf(kernel: Kernel, { protocol, subject, queue }: Subscription): DeliverySource {
  const attributes = queue ? { [ATTR.consumerGroup]: queue } : {};
  return { kernel, protocol, pattern: subject, attributes };
}
