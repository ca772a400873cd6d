import { ATTR } from '@hopline/model';
import { context, type HrTime, type Link, trace } from '@opentelemetry/api';
import { extractContext } from '../kernel/carrier.ts';
import { type ConnectionFacts, factsOf } from '../kernel/connection-facts.ts';
import {
  type DeliverySource,
  messageAttributes,
  openDelivery,
  receivedAt,
  rememberDelivery,
} from '../kernel/delivery.ts';
import { batchDestination, destinationOf } from '../kernel/destination.ts';
import { parseAckSubject } from '../kernel/js-metadata.ts';
import type { ActiveOperation, Kernel } from '../kernel/kernel.ts';
import type { AnyMethod, ConsumerHandle, NatsMessage } from '../kernel/nats-internals.ts';
import { FETCH, NEXT, type Operation } from '../kernel/operations.ts';
import { wrapMethod } from '../kernel/wrap.ts';
import { consumerSource } from './consumer-source.ts';
import type { Deliver } from './iterate.ts';
import { JETSTREAM, type Surface, undoAll } from './surface.ts';

/** What a traced `fetch` leaves on its iterator. */
interface Receive {
  deliver: Deliver;
}

/** Inside `next()` the messages of the fetch behind it are not handed to the application. */
const STAY_OUT: Receive = { deliver: () => undefined };
const RECEIVE = Symbol('hopline.receive');

export function receiveOf(messages: object): Receive | undefined {
  return (messages as { [RECEIVE]?: Receive })[RECEIVE];
}

/**
 * `consumer.fetch()` and `consumer.next()`: one receive span with a link to each message. A fetched
 * message has a process span of its own while the loop holds it; a message from `next()` cannot have
 * one, as its context would leak into the caller (see `withMessage`).
 */
export const fetchSurface: Surface = {
  ...JETSTREAM,
  file: 'lib/consumer.js',
  patch(exports, kernel) {
    const consumer = exports.PullConsumerImpl?.prototype;
    const calls = { insideNext: false };
    return undoAll([
      wrapMethod(consumer, 'fetch', (original) => tracedFetch(kernel, original, calls)),
      wrapMethod(consumer, 'next', (original) => tracedNext(kernel, original, calls)),
    ]);
  },
};

interface Calls {
  /** True only during the synchronous part of `next()`, in which it calls `fetch()`. */
  insideNext: boolean;
}

function tracedFetch(kernel: Kernel, original: AnyMethod, calls: Calls): AnyMethod {
  return function fetch(this: ConsumerHandle, ...args: unknown[]) {
    const inner = calls.insideNext;
    const source = consumerSource(kernel, this);
    const active = inner ? undefined : kernel.guard(() => begin(kernel, this, FETCH));
    const messages: Promise<FetchedMessages> = original.apply(this, args);
    return messages.then(
      (fetched) => {
        kernel.guard(() => {
          const receive = active ? new Batch(active, source).watch(fetched) : STAY_OUT;
          Object.defineProperty(fetched, RECEIVE, { value: receive });
        });
        return fetched;
      },
      (error) => {
        active?.end({ error });
        throw error;
      },
    );
  };
}

function tracedNext(kernel: Kernel, original: AnyMethod, calls: Calls): AnyMethod {
  return function next(this: ConsumerHandle, ...args: unknown[]) {
    const active = kernel.guard(() => begin(kernel, this, NEXT));
    calls.insideNext = true;
    let message: Promise<NatsMessage | null>;
    try {
      message = original.apply(this, args);
    } finally {
      calls.insideNext = false;
    }
    if (!active) return message;
    return kernel.endWith(active, message, (received) => {
      if (received) recordNext(active, consumerSource(kernel, this), received);
    });
  };
}

function begin(kernel: Kernel, consumer: ConsumerHandle, operation: Operation): ActiveOperation {
  const source = consumerSource(kernel, consumer);
  const active = kernel.begin({
    operation,
    facts: factsOf(source.protocol),
    destination: batchDestination(source.pattern, consumer._info.stream_name),
    parent: context.active(),
    metricAttributes: source.attributes,
  });
  if (active.span.isRecording()) {
    active.span.setAttributes({
      ...source.attributes,
      [ATTR.stream]: consumer._info.stream_name,
      [ATTR.consumer]: consumer._info.name,
    });
  }
  return active;
}

function recordNext(active: ActiveOperation, source: DeliverySource, message: NatsMessage): void {
  const { kernel } = source;
  const creation = trace.getSpanContext(extractContext(message));
  const metadata = parseAckSubject(message.reply);
  const previous = metadata && kernel.attempts.previous(metadata);
  if (metadata) kernel.attempts.remember(metadata, active.span.spanContext());
  rememberDelivery(message, { source, creation, metadata, operation: active });
  const facts: ConnectionFacts = factsOf(source.protocol);
  kernel.metrics.consumed({
    ...facts.prepare(NEXT, destinationOf(message.subject, source.pattern)).metricAttributes,
    ...source.attributes,
  });
  if (!active.span.isRecording()) return;
  const attributes = messageAttributes(message, kernel.clock.now());
  active.span.setAttributes({ ...attributes, [ATTR.destination]: message.subject });
  if (creation) active.span.addLink({ context: creation, attributes });
  if (previous) active.span.addLink({ context: previous });
  if (kernel.policy.watchesDeliveries) kernel.policy.onDelivery(active.span, message);
}

interface FetchedMessages {
  closed(): Promise<unknown>;
}

/** One fetched batch: its receive span lasts until the last message had arrived, not been handled. */
class Batch implements Receive {
  readonly deliver: Deliver;
  readonly #active: ActiveOperation;
  #count = 0;
  #lastArrival: HrTime | undefined;

  constructor(active: ActiveOperation, source: DeliverySource) {
    this.#active = active;
    this.deliver = (message) => {
      this.#count += 1;
      this.#lastArrival = receivedAt(message) ?? this.#lastArrival;
      this.#link(source.kernel, message);
      const link: Link = { context: active.span.spanContext() };
      return openDelivery(source, message, [link]);
    };
  }

  watch(messages: FetchedMessages): this {
    void messages.closed().then((error) => {
      this.#active.span.setAttribute(ATTR.batchCount, this.#count);
      this.#active.end({
        ...(error instanceof Error ? { error } : {}),
        ...(this.#lastArrival ? { at: this.#lastArrival } : {}),
      });
    });
    return this;
  }

  #link(kernel: Kernel, message: NatsMessage): void {
    if (!this.#active.span.isRecording()) return;
    const creation = trace.getSpanContext(extractContext(message));
    if (!creation) return;
    const attributes = messageAttributes(message, kernel.clock.now());
    this.#active.span.addLink({ context: creation, attributes });
  }
}
