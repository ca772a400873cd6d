import { deliveryOf, openDelivery, runDelivery } from './kernel/delivery.ts';
import type { NatsMessage } from './kernel/nats-internals.ts';

/** What `withMessage` needs of a message; core and JetStream messages both have it. */
export interface AnyNatsMessage {
  readonly subject: string;
  readonly data: Uint8Array;
}

/**
 * Runs `handler` inside a process span of `message`, for messages that came one by one from
 * `consumer.next()`: a plain `await` cannot give its caller the message's context. The span ends when
 * the handler returns or its promise settles; result and errors are the handler's.
 */
export function withMessage<M extends AnyNatsMessage, R>(
  message: M,
  handler: (message: M) => R,
): R {
  const known = deliveryOf(message as unknown as NatsMessage);
  const receive = known?.operation.span.spanContext();
  const delivery = known?.source.kernel.guard(() =>
    openDelivery(
      known.source,
      message as unknown as NatsMessage,
      receive ? [{ context: receive }] : [],
    ),
  );
  if (!delivery) return handler(message);
  return runDelivery(delivery, handler, { self: undefined, args: [message] }) as R;
}

/**
 * Keeps the process span of `message` open until `work` settles, for loops that go on meanwhile:
 * their span would end with the next message. A rejection is the span's error. Returns `work`.
 */
export function processUntil<R>(message: AnyNatsMessage, work: Promise<R>): Promise<R> {
  deliveryOf(message as unknown as NatsMessage)?.operation.endNotBefore(work);
  return work;
}
