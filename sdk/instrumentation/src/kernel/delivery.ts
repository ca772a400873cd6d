import { ATTR } from '@hopline/model';
import {
  type Attributes,
  type Context,
  context,
  type Link,
  type Span,
  type SpanContext,
  type SpanOptions,
  trace,
} from '@opentelemetry/api';
import { PUBLISH_TIME_HEADER, publishTimeMs } from '../propagation/publish-time.ts';
import type { ActiveOperation } from './active-operation.ts';
import { extractContext, headerValue } from './carrier.ts';
import { unixNsText } from './clock.ts';
import {
  arrivalMs,
  type Delivery,
  type DeliveryPlan,
  type DeliverySource,
  planOf,
} from './delivery-source.ts';
import { type JetStreamMetadata, parseAckSubject } from './js-metadata.ts';
import type { Kernel } from './kernel.ts';
import { applyIn, type HandlerCall } from './message-context.ts';
import {
  type AnyMethod,
  bodySizeBytes,
  type NatsMessage,
  rawMessageOf,
  replyOf,
} from './nats-internals.ts';
import { PROCESS } from './operations.ts';
import { ReceivedContext } from './received-context.ts';
import { type Begun, RunningOperation } from './running-operation.ts';
import { schemaAttributes } from './schema-attributes.ts';
import { headerText, isOnlyTraceparent } from './traceparent-scan.ts';
import { passesOn, UnrecordedDelivery } from './unrecorded-delivery.ts';

/** One message being processed: the operation, and what is kept of it on the message, in one. */
class ProcessedDelivery extends RunningOperation implements Delivery {
  readonly source: DeliverySource;
  readonly creation: SpanContext | undefined;
  readonly metadata: JetStreamMetadata | undefined;

  constructor(source: DeliverySource, begun: BegunDelivery) {
    super(source.kernel, begun);
    this.source = source;
    this.creation = begun.creation;
    this.metadata = begun.metadata;
  }

  get operation(): ActiveOperation {
    return this;
  }
}

interface BegunDelivery extends Begun {
  creation: SpanContext | undefined;
  metadata: JetStreamMetadata | undefined;
}

// Registered symbols: the preload and an application that imports the package may hold two copies.
const DELIVERY = Symbol.for('hopline.nats.delivery');
const RECEIVED = Symbol.for('hopline.nats.received_ms');

type Marked = NatsMessage & { [DELIVERY]?: Delivery; [RECEIVED]?: number };

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
    (message as Marked)[RECEIVED] ??= kernel.clock.nowMs();
  } catch (error) {
    kernel.report(error);
  }
}

export function receivedMs(message: NatsMessage): number | undefined {
  return (message as Marked)[RECEIVED];
}

/** Begins the processing of a message; undefined for what is not the application's. */
export function openDelivery(
  source: DeliverySource,
  message: NatsMessage,
  links?: Link[],
): Delivery | undefined {
  const { kernel } = source;
  const plan = planOf(source, message);
  if (plan.quiet || isStatus(message)) return undefined;
  const extracted = extractContext(message);
  const metadata = parseAckSubject(replyOf(message));
  const delivery =
    isUnrecorded(source, extracted) && metadata === undefined && links === undefined
      ? new UnrecordedDelivery(source, plan, extracted)
      : beginDelivery(source, plan, { extracted, metadata, links });
  // A message from `next()` was counted there.
  if (deliveryOf(message) === undefined) countDelivery(message, delivery);
  const { span } = delivery;
  if (span.isRecording()) {
    const said = messageAttributes(message, delivery.startedMs);
    span.setAttributes(Object.assign(said, source.attributes));
  }
  if (kernel.policy.watchesDeliveries) kernel.policy.onDelivery(span, message);
  rememberDelivery(message, delivery);
  return delivery;
}

/** True when the message's own span would be the one it came with. */
function isUnrecorded(
  { kernel, stored }: DeliverySource,
  extracted: Context,
): extracted is ReceivedContext {
  if (!(extracted instanceof ReceivedContext) || stored) return false;
  return kernel.policy.relationTo(undefined) === 'parent' && passesOn(kernel.tracer, extracted);
}

interface Arrived {
  extracted: Context;
  metadata: JetStreamMetadata | undefined;
  links: Link[] | undefined;
}

function beginDelivery(
  source: DeliverySource,
  plan: DeliveryPlan,
  { extracted, metadata, links }: Arrived,
): ProcessedDelivery {
  const { kernel } = source;
  const creation = trace.getSpanContext(extracted);
  const relation = source.stored ? 'link' : kernel.policy.relationTo(metadata);
  const previous = metadata && kernel.attempts.previous(metadata);
  if (creation && relation !== 'parent') links = [...(links ?? []), { context: creation }];
  if (previous) links = [...(links ?? []), { context: previous }];
  const parent = relation === 'link' ? trace.deleteSpan(extracted) : extracted;
  const startedMs = arrivalMs(source);
  const span = startSpan(kernel, plan, { startedMs, links, parent });
  if (metadata) kernel.attempts.remember(metadata, span.spanContext());
  const { type } = PROCESS;
  const { metricAttributes } = plan;
  const begun = { type, span, parent, startedMs, metricAttributes, creation, metadata };
  return new ProcessedDelivery(source, begun);
}

function countDelivery(
  message: NatsMessage,
  { source, metadata, startedMs, metricAttributes, span }: ProcessedDelivery | UnrecordedDelivery,
): void {
  const { metrics } = source.kernel;
  metrics.consumed(metricAttributes);
  if (isPlain(source.kernel, message, metadata)) {
    metrics.deliveredPlain(bodySizeBytes(message), metricAttributes);
    return;
  }
  const handedOut = { metadata, handedOutMs: startedMs, attributes: metricAttributes, span };
  measureDelivery(source, message, handedOut);
}

function startSpan(
  kernel: Kernel,
  { spanName, attributes }: DeliveryPlan,
  { startedMs, links, parent }: { startedMs: number; links: Link[] | undefined; parent: Context },
): Span {
  const options: SpanOptions = { kind: PROCESS.kind, attributes, startTime: startedMs };
  if (links) options.links = links;
  return kernel.tracer.startSpan(spanName, options, parent);
}

/** True when nothing is to be measured of a message but its size. */
function isPlain(
  kernel: Kernel,
  message: NatsMessage,
  metadata: JetStreamMetadata | undefined,
): boolean {
  if (metadata !== undefined || kernel.metrics.observed || kernel.policy.marksPublishTime) {
    return false;
  }
  return receivedMs(message) === undefined;
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
  kernel.metrics.delivered(
    {
      sizeBytes: bodySizeBytes(message),
      handedOutMs,
      receivedMs: receivedMs(message),
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

/** What one message says about itself, on its process span or on a link to it. */
export function messageAttributes(message: NatsMessage, nowMs: number): Attributes {
  const attributes: Attributes = {
    [ATTR.bodySize]: bodySizeBytes(message),
    [ATTR.receiveTime]: unixNsText(receivedMs(message) ?? nowMs),
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
  const { operation, source } = delivery;
  const { scope, kernel } = source;
  let result: unknown;
  try {
    result = scope
      ? scope.run(operation.context, handler, call)
      : applyIn(operation.context, handler, call);
  } catch (error) {
    operation.end({ error });
    throw error;
  }
  // Only a native promise: calling `then` on a lazy thenable would start its work.
  if (result instanceof Promise) return kernel.endWith(operation, result);
  const atMs = kernel.clock.nowMs();
  scope?.handled(source.protocol.inMsgs, atMs);
  operation.endAt(atMs);
  return result;
}

/** The context for work on a message outside its handler, such as a late ack. */
export function contextFor(message: NatsMessage): Context {
  const active = context.active();
  if (trace.getSpan(active)) return active;
  return deliveryOf(message)?.operation.context ?? active;
}
