import { ATTR } from '@hopline/model';
import { markReceived } from '../kernel/delivery.ts';
import type { DeliverySource } from '../kernel/delivery-source.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { AnyMethod, Connection, NatsMessage } from '../kernel/nats-internals.ts';
import { NEXT } from '../kernel/operations.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { beginBatch, type PullTarget, receiveInto, receiveOf, tracedReceive } from './fetch.ts';
import { loopSource } from './iterate.ts';
import { LEGACY, type Surface, undoAll } from './surface.ts';

interface LegacyClient {
  nc: Connection;
}

/** A plain `QueuedIteratorImpl`, made for one call. */
interface FetchedMessages {
  iterClosed: Promise<unknown>;
  push: AnyMethod;
}

/** `js.fetch()` and `js.pull()` of the `nats` 2.x package. */
export const legacyPullSurface: Surface = {
  ...LEGACY,
  file: 'lib/jetstream/jsclient.js',
  patch(exports, kernel) {
    const client = exports.JetStreamClientImpl?.prototype;
    return undoAll([
      wrapMethod(client, 'fetch', (original) => tracedFetch(kernel, original)),
      wrapMethod(
        client,
        'pull',
        (original) =>
          function pull(this: LegacyClient, ...args: [stream: string, durable: string, number?]) {
            const [stream, durable] = args;
            const target = () => targetOf(kernel, this, { stream, durable });
            return tracedReceive(kernel, { operation: NEXT, target }, () =>
              original.apply(this, args),
            );
          },
      ),
    ]);
  },
};

function tracedFetch(kernel: Kernel, original: AnyMethod): AnyMethod {
  return function fetch(this: LegacyClient, ...args: [stream: string, durable: string, object]) {
    const [stream, durable] = args;
    // What the arguments are wrong about is thrown before anything is traced.
    const messages: FetchedMessages = original.apply(this, args);
    kernel.guard(() => {
      const batch = beginBatch(kernel, targetOf(kernel, this, { stream, durable }));
      receiveInto(messages, batch.watch(messages.iterClosed));
      loopSource(messages, function (this: object) {
        return receiveOf(this)?.deliver;
      });
      const { push } = messages;
      messages.push = function received(this: FetchedMessages, pushed: unknown) {
        if (typeof pushed !== 'function') {
          kernel.guard(() => {
            markReceived(kernel, pushed);
            batch.arrived(kernel, pushed as NatsMessage);
          });
        }
        return push.call(this, pushed);
      };
    });
    return messages;
  };
}

function targetOf(
  kernel: Kernel,
  client: LegacyClient,
  { stream, durable }: { stream: string; durable: string },
): PullTarget {
  const source: DeliverySource = {
    kernel,
    protocol: client.nc.protocol,
    attributes: { [ATTR.subscription]: durable },
  };
  return { source, stream, consumer: durable };
}
