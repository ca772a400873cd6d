import { openDelivery } from '../kernel/delivery.ts';
import type { DeliverySource } from '../kernel/delivery-source.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { AnyMethod, Connection, ConsumerHandle } from '../kernel/nats-internals.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { markClientHandler } from './client-handlers.ts';
import { tracedCallback } from './consume.ts';
import { consumerSource } from './consumer-source.ts';
import { type PullTarget, patchPulls, receiveOf } from './fetch.ts';
import { loopSource } from './iterate.ts';
import { LEGACY, type Surface, undoAll } from './surface.ts';

/** `OrderedPullConsumerImpl`: it makes a plain consumer behind it, and another one after each gap. */
interface OrderedConsumer {
  api: { nc: Connection };
  stream: string;
  currentConsumer: ConsumerHandle['_info'] | null;
}

/** Ordered consumers of the `nats` 2.x package; in 3.x they are plain ones with a flag. */
export const legacyOrderedSurface: Surface = {
  ...LEGACY,
  file: 'lib/jetstream/consumer.js',
  patch(exports, kernel) {
    const ordered = exports.OrderedPullConsumerImpl?.prototype;
    return undoAll([
      wrapMethod(
        ordered,
        'internalHandler',
        (original) =>
          function internalHandler(this: unknown, ...args: unknown[]) {
            return markClientHandler(original.apply(this, args));
          },
      ),
      wrapMethod(
        ordered,
        'consume',
        (original) =>
          function consume(this: OrderedConsumer, options?: { callback?: AnyMethod }) {
            const callback = options?.callback;
            if (typeof callback !== 'function') return original.call(this, options);
            const source = () => sourceOf(kernel, this);
            return original.call(this, {
              ...options,
              callback: tracedCallback(kernel, source, callback),
            });
          },
      ),
      patchPulls(kernel, ordered, (consumer: OrderedConsumer) => targetOf(kernel, consumer)),
      loopSource(
        exports.OrderedConsumerMessages?.prototype,
        function (this: { src: { consumer: ConsumerHandle } }) {
          const receive = receiveOf(this);
          if (receive) return receive.deliver;
          return (message) => openDelivery(consumerSource(kernel, this.src.consumer), message);
        },
      ),
    ]);
  },
};

function targetOf(kernel: Kernel, ordered: OrderedConsumer): PullTarget {
  return { source: sourceOf(kernel, ordered), stream: ordered.stream, consumer: undefined };
}

function sourceOf(
  kernel: Kernel,
  { api, stream, currentConsumer }: OrderedConsumer,
): DeliverySource {
  const info = currentConsumer ?? { name: '', stream_name: stream, config: {} };
  return consumerSource(kernel, { api, _info: info });
}
