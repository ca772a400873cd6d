import { ATTR } from '@hopline/model';
import {
  type Attributes,
  type Context,
  context,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  trace,
} from '@opentelemetry/api';
import { PUBLISH_TIME_HEADER, publishTimeMs } from '../propagation/publish-time.ts';
import type { ActiveOperation } from './active-operation.ts';
import { extractContext, headerValue } from './carrier.ts';
import { unixMsOf, unixNsText } from './clock.ts';
import { factsOf } from './connection-facts.ts';
import { type JetStreamMetadata, parseAckSubject } from './js-metadata.ts';
import type { Kernel } from './kernel.ts';
import { applyIn } from './message-context.ts';
import {
  type AnyMethod,
  bodySizeBytes,
  type NatsMessage,
  type Protocol,
  rawMessageOf,
  replyOf,
} from './nats-internals.ts';
import { PROCESS } from './operations.ts';
import { schemaAttributes } from './schema-attributes.ts';
import { headerText, isOnlyTraceparent } from './traceparent-scan.ts';

/** Where deliveries come from: one subscription or one consumer. */
export interface DeliverySource {
  kernel: Kernel;
  protocol: Protocol;
  /** Subject or pattern subscribed to; undefined when the consumer takes everything. */
  pattern?: string | undefined;
  /** Consumer group and subscription name. */
  attributes: Attributes;
  /** State that a store gives back, such as a key-value entry: its old context is only linked. */
  stored?: boolean;
}

/** What is known about one message in this process, kept on the message itself. */
export interface Delivery {
  source: DeliverySource;
  /** The context that came with the message; absent when there was none. */
  creation?: SpanContext | undefined;
  /** What the reply subject says, when the message came from a stream. */
  metadata?: JetStreamMetadata | undefined;
  /** The process span, or the receive span when the user pulls single messages. */
  operation: ActiveOperation;
}

// Registered symbols: the preload and an application that imports the package may hold two copies.
const DELIVERY = Symbol.for('hopline.nats.delivery');
const RECEIVED = Symbol.for('hopline.nats.received');

type Marked = NatsMessage & { [DELIVERY]?: Delivery; [RECEIVED]?: HrTime };

export function deliveryOf(message: NatsMessage): Delivery | undefined {
  return (message as Marked)[DELIVERY];
}

export function rememberDelivery(message: NatsMessage, delivery: Delivery): void {
  (message as Marked)[DELIVERY] = delivery;
}

/** Notes T3, the moment the client had parsed the message. */
export function markReceived(kernel: Kernel, message: unknown): void {
  if (typeof message !== 'object' || message === null) return;
  try {
    (message as Marked)[RECEIVED] ??= kernel.clock.now();
  } catch (error) {
    kernel.report(error);
  }
}

export function receivedAt(message: NatsMessage): HrTime | undefined {
  return (message as Marked)[RECEIVED];
}

/** Begins the processing of a message; undefined for what is not the application's. */
export function openDelivery(
  source: DeliverySource,
  message: NatsMessage,
  links?: Link[],
): Delivery | undefined {
  const { kernel } = source;
  const facts = factsOf(source.protocol);
  const subject = subjectOf(source, message);
  if (!source.stored && facts.isQuietDelivery(subject)) return undefined;
  if (isStatus(message)) return undefined;
  const extracted = extractContext(message);
  const creation = trace.getSpanContext(extracted);
  const metadata = parseAckSubject(replyOf(message));
  const relation = source.stored ? 'link' : kernel.policy.relationTo(metadata);
  const previous = metadata && kernel.attempts.previous(metadata);
  if (creation && relation !== 'parent') links = [...(links ?? []), { context: creation }];
  if (previous) links = [...(links ?? []), { context: previous }];
  const counted = deliveryOf(message) !== undefined;
  const operation = kernel.begin({
    operation: PROCESS,
    facts,
    destination: kernel.destinations.of(subject, source.pattern),
    parent: relation === 'link' ? trace.deleteSpan(extracted) : extracted,
    metricAttributes: source.attributes,
    counted,
    ...(links ? { links } : {}),
  });
  if (!counted) {
    const { startedMs: handedOutMs, metricAttributes: attributes } = operation;
    measureDelivery(source, message, { metadata, handedOutMs, attributes, span: operation.span });
  }
  if (metadata) kernel.attempts.remember(metadata, operation.span.spanContext());
  if (operation.span.isRecording()) {
    operation.span.setAttributes(
      Object.assign(messageAttributes(message, operation.startedAt), source.attributes),
    );
  }
  if (kernel.policy.watchesDeliveries) kernel.policy.onDelivery(operation.span, message);
  const delivery: Delivery = { source, creation, metadata, operation };
  rememberDelivery(message, delivery);
  return delivery;
}

interface HandedOut {
  metadata: JetStreamMetadata | undefined;
  /** Unix milliseconds. */
  handedOutMs: number;
  attributes: Attributes;
  span: Span;
}

/** The message's waiting, attempt and size. */
export function measureDelivery(
  { kernel, stored }: DeliverySource,
  message: NatsMessage,
  { metadata, handedOutMs, attributes, span }: HandedOut,
): void {
  const received = receivedAt(message);
  kernel.metrics.delivered(
    {
      sizeBytes: bodySizeBytes(message),
      handedOutMs,
      receivedMs: received && unixMsOf(received),
      span,
      metadata: stored ? undefined : metadata,
      publishedMs: kernel.policy.marksPublishTime ? publishedAt(message) : undefined,
    },
    attributes,
  );
}

function publishedAt(message: NatsMessage): number | undefined {
  return mayHaveMarks(message)
    ? publishTimeMs(headerValue(message.headers, PUBLISH_TIME_HEADER))
    : undefined;
}

/** The same on a user's path: our own failure leaves the message without a span. */
export function tryOpenDelivery(
  source: DeliverySource,
  message: NatsMessage,
): Delivery | undefined {
  try {
    return openDelivery(source, message);
  } catch (error) {
    source.kernel.report(error);
    return undefined;
  }
}

/** Status messages (no responders, heartbeats, flow control) have a code and no body. */
function isStatus(message: NatsMessage): boolean {
  return bodySizeBytes(message) === 0 && (message.headers?.code ?? 0) > 0;
}

/** Mostly what was subscribed to, and then it need not be decoded. Not so for deliver subjects. */
function subjectOf({ pattern }: DeliverySource, message: NatsMessage): string {
  const raw = rawMessageOf(message);
  return pattern !== undefined && raw && isAscii(raw._msg.subject, pattern)
    ? pattern
    : message.subject;
}

function isAscii(bytes: Uint8Array, text: string): boolean {
  if (bytes.length !== text.length) return false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte > 127 || byte !== text.charCodeAt(at)) return false;
  }
  return true;
}

/** What one message says about itself, on its process span or on a link to it. */
export function messageAttributes(message: NatsMessage, now: HrTime): Attributes {
  const attributes: Attributes = {
    [ATTR.bodySize]: bodySizeBytes(message),
    [ATTR.receiveTime]: unixNsText(receivedAt(message) ?? now),
  };
  if (mayHaveMarks(message)) {
    const id = headerValue(message.headers, 'Nats-Msg-Id');
    if (id) attributes[ATTR.messageId] = id;
    const published = headerValue(message.headers, PUBLISH_TIME_HEADER);
    if (publishTimeMs(published) !== undefined) attributes[ATTR.publishTime] = published;
    Object.assign(attributes, schemaAttributes(message.headers));
  }
  return Object.assign(attributes, jetStreamAttributes(message));
}

/** Headers that tell something; their names in any letter case. */
const MARKS = /nats-msg-id|hopline-publish-time|schema-subject|schema-id/i;

/** Decoding a header block costs more than the rest of a span, so it is looked through first. */
function mayHaveMarks(message: NatsMessage): boolean {
  const raw = rawMessageOf(message);
  if (raw === undefined) return true;
  return !isOnlyTraceparent(raw) && MARKS.test(headerText(raw));
}

export function jetStreamAttributes(message: NatsMessage): Attributes {
  const metadata = parseAckSubject(replyOf(message));
  if (!metadata) return {};
  return {
    [ATTR.stream]: metadata.stream,
    ...(metadata.domain === undefined ? {} : { [ATTR.domain]: metadata.domain }),
    [ATTR.streamSequence]: metadata.streamSequence,
    [ATTR.consumer]: metadata.consumer,
    [ATTR.consumerSequence]: metadata.consumerSequence,
    [ATTR.deliveryCount]: metadata.deliveryCount,
    [ATTR.storeTime]: metadata.storeTimeNs,
    [ATTR.consumerPending]: metadata.pending,
  };
}

/**
 * Runs a handler inside its delivery and ends the delivery when the handler is done. What the handler
 * throws, rejects with or returns reaches the client unchanged.
 */
export function runDelivery(delivery: Delivery, handler: AnyMethod, call: HandlerCall): unknown {
  const { operation } = delivery;
  let result: unknown;
  try {
    result = applyIn(operation.context, handler, call);
  } catch (error) {
    operation.end({ error });
    throw error;
  }
  // Only a native promise: calling `then` on a lazy thenable would start its work.
  if (!(result instanceof Promise)) {
    operation.end();
    return result;
  }
  return delivery.source.kernel.endWith(operation, result);
}

interface HandlerCall {
  self: unknown;
  args: unknown[];
}

/** The context for work on a message outside its handler, such as a late ack. */
export function contextFor(message: NatsMessage): Context {
  const active = context.active();
  if (trace.getSpan(active)) return active;
  return deliveryOf(message)?.operation.context ?? active;
}
