import { isPattern } from '@hopline/model';
import type { Attributes, SpanContext } from '@opentelemetry/api';
import type { ActiveOperation } from './active-operation.ts';
import { type ConnectionFacts, factsOf } from './connection-facts.ts';
import type { HandlerScope } from './handler-scope.ts';
import type { JetStreamMetadata } from './js-metadata.ts';
import type { Kernel } from './kernel.ts';
import { type NatsMessage, type Protocol, rawMessageOf } from './nats-internals.ts';
import { PROCESS } from './operations.ts';

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
  /** Of the last subject: nearly always the next message has the same. */
  plan?: DeliveryPlan;
  /** Where the client calls a handler straight out of its read loop. */
  scope?: HandlerScope;
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

/** What all messages of one subject from one source have in common. */
export interface DeliveryPlan {
  subject: string;
  /** The subscription names this subject and gets no other. */
  isOnly: boolean;
  facts: ConnectionFacts;
  /** Of the destinations, when it was made. */
  version: number;
  /** Not the application's. */
  quiet: boolean;
  spanName: string;
  attributes: Attributes;
  metricAttributes: Attributes;
}

export function planOf(source: DeliverySource, message: NatsMessage): DeliveryPlan {
  const { kernel, plan } = source;
  const facts = factsOf(source.protocol);
  const { version } = kernel.destinations;
  const isCurrent = plan?.facts === facts && plan.version === version;
  if (isCurrent && (plan.isOnly || hasSubject(message, plan.subject))) return plan;
  const { subject } = message;
  const destination = kernel.destinations.of(subject, source.pattern);
  const prepared = facts.prepare(PROCESS, destination);
  source.plan = {
    subject,
    isOnly: source.scope !== undefined && source.pattern === subject && !isPattern(subject),
    facts,
    version,
    quiet: !source.stored && facts.isQuietDelivery(subject),
    spanName: prepared.spanName,
    attributes: prepared.attributes,
    metricAttributes: prepared.measuredWith(source.attributes),
  };
  return source.plan;
}

/** The time, as the start of the processing of a message. */
export function arrivalMs({ kernel, protocol, scope }: DeliverySource): number {
  return scope?.arrivalMs(protocol.inMsgs) ?? kernel.clock.nowMs();
}

/** Compared without decoding. */
function hasSubject(message: NatsMessage, subject: string): boolean {
  const raw = rawMessageOf(message);
  return raw ? isAscii(raw._msg.subject, subject) : message.subject === subject;
}

function isAscii(bytes: Uint8Array, text: string): boolean {
  if (bytes.length !== text.length) return false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte > 127 || byte !== text.charCodeAt(at)) return false;
  }
  return true;
}
