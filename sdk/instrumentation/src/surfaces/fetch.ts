import { ATTR } from '@hopline/model';
import { context, type Link, trace } from '@opentelemetry/api';
import type { ActiveOperation } from '../kernel/active-operation.ts';
import { extractContext } from '../kernel/carrier.ts';
import { type ConnectionFacts, factsOf } from '../kernel/connection-facts.ts';
import {
  measureDelivery,
  messageAttributes,
  openDelivery,
  receivedMs,
  rememberDelivery,
} from '../kernel/delivery.ts';
import type { DeliverySource } from '../kernel/delivery-source.ts';
import { parseAckSubject } from '../kernel/js-metadata.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type {
  AnyMethod,
  ConsumerHandle,
  NatsMessage,
  Prototype,
} from '../kernel/nats-internals.ts';
import { FETCH, NEXT, type Operation } from '../kernel/operations.ts';
import { type Undo, wrapMethod } from '../kernel/wrap.ts';
import { isClientHandler } from './client-handlers.ts';
import { consumerSource } from './consumer-source.ts';
import type { Deliver } from './iterate.ts';
import { JETSTREAM, type Surface, undoAll } from './surface.ts';

/** What a traced `fetch` leaves on its iterator. */
interface Receive {
  deliver: Deliver;
}

/** Where a pull takes its messages from. */
export interface PullTarget {
  source: DeliverySource;
  stream: string;
  consumer: string | undefined;
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
  patch: (exports, kernel) =>
    patchPulls(kernel, exports.PullConsumerImpl?.prototype, (consumer: ConsumerHandle) =>
      pullTarget(kernel, consumer),
    ),
};

/** `target` names what an instance of `prototype` pulls from. */
export function patchPulls(
  kernel: Kernel,
  prototype: Prototype | undefined,
  // biome-ignore lint/suspicious/noExplicitAny: the client's own consumer class
  target: (consumer: any) => PullTarget,
): Undo {
  const calls: Calls = { insideNext: false, target };
  return undoAll([
    wrapMethod(prototype, 'fetch', (original) => tracedFetch(kernel, original, calls)),
    wrapMethod(prototype, 'next', (original) => tracedNext(kernel, original, calls)),
  ]);
}

export function pullTarget(kernel: Kernel, consumer: ConsumerHandle): PullTarget {
  const { stream_name: stream, name } = consumer._info;
  return { source: consumerSource(kernel, consumer), stream, consumer: name };
}

interface Calls {
  /** True only during the synchronous part of `next()`, in which it calls `fetch()`. */
  insideNext: boolean;
  target(consumer: unknown): PullTarget;
}

function tracedFetch(kernel: Kernel, original: AnyMethod, calls: Calls): AnyMethod {
  return function fetch(this: unknown, ...args: unknown[]) {
    const [options] = args as [{ callback?: unknown } | undefined];
    if (isClientHandler(options?.callback)) return original.apply(this, args);
    const inner = calls.insideNext;
    const batch = inner ? undefined : kernel.guard(() => beginBatch(kernel, calls.target(this)));
    const messages: Promise<FetchedMessages> = original.apply(this, args);
    return messages.then(
      (fetched) => {
        kernel.guard(() => receiveInto(fetched, batch?.watch(fetched.closed()) ?? STAY_OUT));
        return fetched;
      },
      (error) => {
        batch?.fail(error);
        throw error;
      },
    );
  };
}

export function beginBatch(kernel: Kernel, target: PullTarget): Batch {
  return new Batch(beginReceive(kernel, target, FETCH), target.source);
}

/** The loop over `messages` will deliver through `receive`. */
export function receiveInto(messages: object, receive: Receive): void {
  Object.defineProperty(messages, RECEIVE, { value: receive });
}

function tracedNext(kernel: Kernel, original: AnyMethod, calls: Calls): AnyMethod {
  return function next(this: unknown, ...args: unknown[]) {
    calls.insideNext = true;
    try {
      return tracedReceive(
        kernel,
        { operation: NEXT, target: () => calls.target(this) },
        (): Promise<NatsMessage | null> => original.apply(this, args),
      );
    } finally {
      calls.insideNext = false;
    }
  };
}

interface SingleReceive {
  operation: Operation;
  target(): PullTarget;
}

/** `pull` inside a receive span that links to the message it brings; the client loops for itself. */
export function tracedReceive(
  kernel: Kernel,
  { operation, target }: SingleReceive,
  pull: () => Promise<NatsMessage | null>,
): Promise<NatsMessage | null> {
  const active = kernel.guard(() => beginReceive(kernel, target(), operation));
  const message = kernel.quietly(pull);
  if (!active) return message;
  return kernel.endWith(active, message, (received) => {
    if (received) recordNext(active, target().source, received);
  });
}

function beginReceive(kernel: Kernel, target: PullTarget, operation: Operation): ActiveOperation {
  const { source, stream, consumer } = target;
  const active = kernel.begin({
    operation,
    facts: factsOf(source.protocol),
    destination: kernel.destinations.ofBatch(source.pattern, stream),
    parent: context.active(),
    metricAttributes: source.attributes,
  });
  if (active.span.isRecording()) {
    active.span.setAttributes({ ...source.attributes, [ATTR.stream]: stream });
    if (consumer) active.span.setAttribute(ATTR.consumer, consumer);
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
  const measured = facts
    .prepare(NEXT, kernel.destinations.of(message.subject, source.pattern))
    .measuredWith(source.attributes);
  kernel.metrics.consumed(measured);
  measureDelivery(source, message, {
    metadata,
    handedOutMs: kernel.clock.nowMs(),
    attributes: measured,
    span: active.span,
  });
  if (!active.span.isRecording()) return;
  const attributes = messageAttributes(message, kernel.clock.nowMs());
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
  #notedOnArrival = false;
  #lastArrivalMs: number | undefined;

  constructor(active: ActiveOperation, source: DeliverySource) {
    this.#active = active;
    this.deliver = (message) => {
      if (!this.#notedOnArrival) this.#note(source.kernel, message);
      const link: Link = { context: active.span.spanContext() };
      return openDelivery(source, message, [link]);
    };
  }

  /** For iterators that count as closed before all of their messages are handed out. */
  arrived(kernel: Kernel, message: NatsMessage): void {
    this.#notedOnArrival = true;
    this.#note(kernel, message);
  }

  watch(closed: Promise<unknown>): this {
    void closed.then((error) => {
      this.#active.span.setAttribute(ATTR.batchCount, this.#count);
      this.#active.end({
        ...(error instanceof Error ? { error } : {}),
        ...(this.#lastArrivalMs ? { atMs: this.#lastArrivalMs } : {}),
      });
    });
    return this;
  }

  fail(error: unknown): void {
    this.#active.end({ error });
  }

  #note(kernel: Kernel, message: NatsMessage): void {
    this.#count += 1;
    this.#lastArrivalMs = receivedMs(message) ?? this.#lastArrivalMs;
    if (!this.#active.span.isRecording()) return;
    const creation = trace.getSpanContext(extractContext(message));
    if (!creation) return;
    const attributes = messageAttributes(message, kernel.clock.nowMs());
    this.#active.span.addLink({ context: creation, attributes });
  }
}
