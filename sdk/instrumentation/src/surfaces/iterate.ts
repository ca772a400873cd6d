import type { Delivery } from '../kernel/delivery-source.ts';
import { MessageLoop } from '../kernel/message-loop.ts';
import type { AnyMethod, NatsMessage } from '../kernel/nats-internals.ts';
import { type Undo, wrapMethod } from '../kernel/wrap.ts';
import { NATS_CORE, type Surface } from './surface.ts';

/** Opens the delivery of one message that a loop hands out. */
export type Deliver = (message: NatsMessage) => Delivery | undefined;

/** Iterators that hand out messages say so by this method; others (status, listers) stay as they are. */
const SOURCE = Symbol('hopline.loop-source');

/** Makes the instances of `prototype` traced loops; `open` may answer undefined to stay out of one. */
export function loopSource(
  prototype: object | undefined,
  // biome-ignore lint/suspicious/noExplicitAny: `this` is the client's own iterator class
  open: (this: any) => Deliver | undefined,
): Undo {
  if (!prototype || SOURCE in prototype) return () => {};
  Object.defineProperty(prototype, SOURCE, { value: open, configurable: true });
  return () => void Reflect.deleteProperty(prototype, SOURCE);
}

/** The one iterator class under subscriptions and consumers. */
export const iterateSurface: Surface = {
  ...NATS_CORE,
  file: 'lib/queued_iterator.js',
  patch: (exports, kernel) =>
    wrapMethod(
      exports.QueuedIteratorImpl?.prototype,
      Symbol.asyncIterator,
      (original: AnyMethod) =>
        function iterate(this: { [SOURCE]?: () => Deliver | undefined }) {
          const inner: AsyncIterator<NatsMessage> = original.call(this);
          const deliver = kernel.guard(() => this[SOURCE]?.());
          return deliver ? new MessageLoop(kernel, inner, deliver) : inner;
        },
    ),
};
