import { ATTR, type OperationType } from '@hopline/model';
import {
  type Attributes,
  type Counter,
  createNoopMeter,
  type Histogram,
  type Meter,
  type Span,
  ValueType,
} from '@opentelemetry/api';
import { hub } from '../observers/hub.ts';
import type { DeliveredMessage } from './delivered-message.ts';
import { MessageMetrics } from './message-metrics.ts';

/** The bucket boundaries that the messaging conventions name for durations. */
export const DURATION_BOUNDARIES_S = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** What is measured of an operation, besides how long it took. */
interface EndedOperation {
  readonly type: OperationType;
  readonly span: Span;
}

/** The four standard messaging metrics, and those of the messages themselves. */
export class MessagingMetrics {
  /** True when the meter leads nowhere. */
  readonly noop: boolean;
  readonly #operationDuration: Histogram;
  readonly #processDuration: Histogram;
  readonly #sent: Counter;
  readonly #consumed: Counter;
  readonly #messages: MessageMetrics;

  constructor(meter: Meter) {
    this.noop = meter === createNoopMeter();
    this.#messages = new MessageMetrics(meter);
    const duration = {
      unit: 's',
      valueType: ValueType.DOUBLE,
      advice: { explicitBucketBoundaries: DURATION_BOUNDARIES_S },
    };
    this.#operationDuration = meter.createHistogram('messaging.client.operation.duration', {
      ...duration,
      description: 'Duration of messaging operations initiated by a producer or consumer client.',
    });
    this.#processDuration = meter.createHistogram('messaging.process.duration', {
      ...duration,
      description: 'Duration of processing operation.',
    });
    this.#sent = meter.createCounter('messaging.client.sent.messages', {
      unit: '{message}',
      description: 'Number of messages the client attempted to send to the broker.',
    });
    this.#consumed = meter.createCounter('messaging.client.consumed.messages', {
      unit: '{message}',
      description: 'Number of messages that were delivered to the application.',
    });
  }

  /** True while measurements reach nobody. */
  get idle(): boolean {
    return this.noop && hub.observers.size === 0;
  }

  ended({ type, span }: EndedOperation, seconds: number, attributes: Attributes): void {
    // A created message is not sent yet; the operation that sends it is measured.
    if (this.idle || type === 'create') return;
    const histogram = type === 'process' ? this.#processDuration : this.#operationDuration;
    histogram.record(seconds, attributes);
    if (type === 'send') this.#sent.add(1, attributes);
    if (hub.observers.size === 0) return;
    const subject = subjectOf(attributes);
    for (const observer of hub.observers) {
      if (type === 'send') observer.sent(subject, 1);
      else if (type === 'process') observer.processed(subject, seconds, span.spanContext());
    }
  }

  /** One message that was published without an error: `ended` and `sentSize` in one. */
  published(seconds: number, sizeBytes: number, attributes: Attributes): void {
    this.#operationDuration.record(seconds, attributes);
    this.#sent.add(1, attributes);
    this.#messages.sent(sizeBytes, attributes);
    if (hub.observers.size === 0) return;
    const subject = subjectOf(attributes);
    for (const observer of hub.observers) {
      observer.sent(subject, 1);
      observer.sentSize(subject, sizeBytes);
    }
  }

  /** Messages of a batch beyond the one that its operation counts for. */
  sentMore(messages: number, attributes: Attributes): void {
    if (this.idle || messages <= 0) return;
    this.#sent.add(messages, attributes);
    for (const observer of hub.observers) observer.sent(subjectOf(attributes), messages);
  }

  /** Size of one message on its way out. */
  sentSize(sizeBytes: number, attributes: Attributes): void {
    if (!this.noop) this.#messages.sent(sizeBytes, attributes);
    for (const observer of hub.observers) observer.sentSize(subjectOf(attributes), sizeBytes);
  }

  /** What one message that was handed to the application says about its way. */
  delivered(message: DeliveredMessage, attributes: Attributes): void {
    if (!this.noop) this.#messages.delivered(message, attributes);
    for (const observer of hub.observers) {
      observer.delivered(subjectOf(attributes), message, attributes);
    }
  }

  /** The same of a core message of which nobody but the meter wants to know. */
  deliveredPlain(sizeBytes: number, attributes: Attributes): void {
    this.#messages.deliveredPlain(sizeBytes, attributes);
  }

  /** True while someone beside the meter is told of messages. */
  get observed(): boolean {
    return hub.observers.size > 0;
  }

  /** One message was handed to the application. */
  consumed(attributes: Attributes): void {
    if (this.idle) return;
    this.#consumed.add(1, attributes);
    for (const observer of hub.observers) observer.received(subjectOf(attributes));
  }
}

function subjectOf(attributes: Attributes): string {
  return String(attributes[ATTR.destinationTemplate] ?? '');
}

export function withError(attributes: Attributes, type: string | undefined): Attributes {
  return type === undefined ? attributes : { ...attributes, [ATTR.errorType]: type };
}
