import { isQuietSend } from '../kernel/destination.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { AnyMethod, Connection, Payload, PublishOptions } from '../kernel/nats-internals.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { type BatchAck, type BatchMessage, BatchSend } from './batch-send.ts';
import { JETSTREAM, type Surface, undoAll } from './surface.ts';

const SENDING = Symbol('hopline.batch');

/** `BatchPublisherImpl`. */
interface BatchPublisher {
  nc: Connection;
  [SENDING]?: BatchSend;
}

type AddArguments = [subject: string, payload?: Payload, options?: PublishOptions];

/** Atomic batches: `js.startBatch()`, `batch.add()`, `batch.commit()` (ADR-50). */
export const batchSurface: Surface = {
  ...JETSTREAM,
  file: 'lib/jsclient.js',
  patch(exports, kernel) {
    const publisher = exports.BatchPublisherImpl?.prototype;
    return undoAll([
      wrapMethod(
        publisher,
        'first',
        (original) =>
          function first(this: BatchPublisher, ...args: AddArguments) {
            kernel.guard(() => start(kernel, this, args[0]));
            return failing(this, adding(kernel, original, { publisher: this, args }));
          },
      ),
      wrapMethod(
        publisher,
        'add',
        (original) =>
          function add(this: BatchPublisher, ...args: AddArguments) {
            const added: unknown = adding(kernel, original, { publisher: this, args });
            return added instanceof Promise ? failing(this, added) : added;
          },
      ),
      wrapMethod(
        publisher,
        'commit',
        (original) =>
          function commit(this: BatchPublisher, ...args: AddArguments) {
            const stored: Promise<BatchAck> = adding(kernel, original, { publisher: this, args });
            return failing(this, stored).then((ack) => {
              kernel.guard(() => this[SENDING]?.stored(ack));
              return ack;
            });
          },
      ),
    ]);
  },
};

function start(kernel: Kernel, publisher: BatchPublisher, subject: string): void {
  if (kernel.idle || kernel.quiet || isQuietSend(subject)) return;
  const sending = new BatchSend(kernel, publisher.nc.protocol, subject);
  Object.defineProperty(publisher, SENDING, { value: sending });
}

interface Adding {
  publisher: BatchPublisher;
  args: AddArguments;
}

function adding(kernel: Kernel, original: AnyMethod, { publisher, args }: Adding) {
  const [subject, payload, options] = args;
  const message: BatchMessage = { subject, payload, options };
  const sent = kernel.guard(() => publisher[SENDING]?.add(message));
  return sent ? original.call(publisher, subject, payload, sent) : original.apply(publisher, args);
}

/** What ends a batch early ends its span, too. */
function failing<T>(publisher: BatchPublisher, promise: Promise<T>): Promise<T> {
  return promise.catch((error: unknown) => {
    publisher[SENDING]?.failed(error);
    throw error;
  });
}
