import { markReceived, openDelivery, runDelivery } from '../kernel/delivery.ts';
import type { DeliverySource } from '../kernel/delivery-source.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type {
  AnyMethod,
  ConsumerHandle,
  NatsMessage,
  Prototype,
} from '../kernel/nats-internals.ts';
import { type Undo, wrapMethod } from '../kernel/wrap.ts';
import { isClientHandler } from './client-handlers.ts';
import { consumerSource } from './consumer-source.ts';
import { receiveOf } from './fetch.ts';
import { loopSource } from './iterate.ts';
import { JETSTREAM, type Surface, undoAll } from './surface.ts';

/** `consumer.consume()` of pull and ordered consumers, by callback and by iterator. */
export const pullConsumeSurface: Surface = {
  ...JETSTREAM,
  file: 'lib/consumer.js',
  patch: (exports, kernel) =>
    undoAll([
      patchConsume(kernel, exports.PullConsumerImpl?.prototype),
      patchMessages(kernel, exports.PullConsumerMessagesImpl?.prototype),
    ]),
};

/** The same for push consumers, plain and ordered. */
export const pushConsumeSurface: Surface = {
  ...JETSTREAM,
  file: 'lib/pushconsumer.js',
  patch: (exports, kernel) =>
    undoAll([
      patchConsume(kernel, exports.PushConsumerImpl?.prototype),
      patchMessages(kernel, exports.PushConsumerMessagesImpl?.prototype),
    ]),
};

function patchConsume(kernel: Kernel, prototype: Prototype | undefined): Undo {
  return wrapMethod(
    prototype,
    'consume',
    (original) =>
      function consume(this: ConsumerHandle, options?: { callback?: AnyMethod }) {
        const callback = options?.callback;
        if (typeof callback !== 'function' || isClientHandler(callback)) {
          return original.apply(this, options === undefined ? [] : [options]);
        }
        const source = () => consumerSource(kernel, this);
        return original.call(this, {
          ...options,
          callback: tracedCallback(kernel, source, callback),
        });
      },
  );
}

/** `callback` inside a process span for each message. */
export function tracedCallback(
  kernel: Kernel,
  source: () => DeliverySource,
  callback: AnyMethod,
): AnyMethod {
  return function onMessage(this: unknown, message: NatsMessage) {
    const delivery = kernel.guard(() => openDelivery(source(), message));
    if (!delivery) return callback.call(this, message);
    return runDelivery(delivery, callback, { self: this, args: [message] });
  };
}

function patchMessages(kernel: Kernel, prototype: Prototype | undefined): Undo {
  return undoAll([
    // The inbox behind the consumer, and the first pull: the client's own traffic.
    wrapMethod(
      prototype,
      'start',
      (original) =>
        function start(this: unknown) {
          return kernel.quietly(() => original.call(this));
        },
    ),
    wrapMethod(
      prototype,
      '_push',
      (original) =>
        function push(this: unknown, pushed: unknown) {
          if (typeof pushed !== 'function') kernel.guard(() => markReceived(kernel, pushed));
          return original.call(this, pushed);
        },
    ),
    loopSource(prototype, function (this: { consumer: ConsumerHandle }) {
      // The legacy `next()` loops over one message for itself.
      if (kernel.quiet) return undefined;
      const receive = receiveOf(this);
      if (receive) return receive.deliver;
      return (message) => openDelivery(consumerSource(kernel, this.consumer), message);
    }),
  ]);
}
