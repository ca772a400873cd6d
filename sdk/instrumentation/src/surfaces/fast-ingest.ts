import { isQuietSend } from '../kernel/destination.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { AnyMethod, Connection, Payload, PublishOptions } from '../kernel/nats-internals.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { type BatchAck, BatchSend } from './batch-send.ts';
import { JETSTREAM, type Surface } from './surface.ts';

/** `FastIngestImpl`, which is not exported: it is patched where it is handed out. */
interface FastIngest {
  add: AnyMethod;
  last: AnyMethod;
  done(): Promise<BatchAck>;
}

type AddArguments = [subject: string, payload?: Payload, options?: PublishOptions];
type StartArguments = [nc: Connection, subject: string, payload: Payload, options: PublishOptions];

/** `startFastIngest()` and what it gives: `add`, `last`, `end`. */
export const fastIngestSurface: Surface = {
  ...JETSTREAM,
  file: 'lib/jsclient.js',
  patch: (exports, kernel) =>
    wrapMethod(
      exports,
      'startFastIngest',
      (original) =>
        function startFastIngest(this: unknown, ...args: [...StartArguments, ...unknown[]]) {
          const [nc, subject, payload, options, ...rest] = args;
          const sending = kernel.guard(() => begin(kernel, nc, subject));
          if (!sending) return original.apply(this, args);
          const sent = kernel.guard(() => sending.add({ subject, payload, options })) ?? options;
          const started: Promise<FastIngest> = original.call(
            this,
            nc,
            subject,
            payload,
            sent,
            ...rest,
          );
          return started.then(
            (ingest) => {
              kernel.guard(() => instrument(kernel, ingest, sending));
              return ingest;
            },
            (error) => {
              sending.failed(error);
              throw error;
            },
          );
        },
    ),
};

function begin(kernel: Kernel, nc: Connection, subject: string): BatchSend | undefined {
  if (kernel.idle || kernel.quiet || isQuietSend(subject)) return undefined;
  return new BatchSend(kernel, nc.protocol, subject);
}

function instrument(kernel: Kernel, ingest: FastIngest, sending: BatchSend): void {
  for (const method of ['add', 'last'] as const) {
    const original = ingest[method];
    ingest[method] = function ingested(this: FastIngest, ...args: AddArguments) {
      const [subject, payload, options] = args;
      const sent = kernel.guard(() => sending.add({ subject, payload, options })) ?? options;
      return original.call(this, subject, payload, sent);
    };
  }
  ingest.done().then(
    (ack) => kernel.guard(() => sending.stored(ack)),
    (error) => kernel.guard(() => sending.failed(error)),
  );
}
