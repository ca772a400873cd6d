import { ATTR } from '@hopline/model';
import {
  type Attributes,
  type Counter,
  type Histogram,
  type Meter,
  ValueType,
} from '@opentelemetry/api';
import type { JetStreamMetadata } from './js-metadata.ts';

/** Those of the messaging conventions, and longer ones: a message may wait for hours. */
const WAIT_BOUNDARIES_S = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600,
];
const SIZE_BOUNDARIES_BYTES = [
  64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];
/** Consumers whose backlog is told; of more, those first seen longest ago are forgotten. */
const CONSUMERS_MAX = 500;

/** One message as it is handed to the application. Times are Unix milliseconds. */
export interface DeliveredMessage {
  sizeBytes: number;
  handedOutMs: number;
  /** When the client had parsed it, where that was noted. */
  receivedMs: number | undefined;
  /** Absent for core messages, and for state that a store gives back: it did not wait in a queue. */
  metadata: JetStreamMetadata | undefined;
}

interface Backlog {
  attributes: Attributes;
  pending: number;
}

/** What messages say about their way beyond the conventions: waiting, attempts, sizes. */
export class MessageMetrics {
  readonly #queue: Histogram;
  readonly #buffer: Histogram;
  readonly #size: Histogram;
  readonly #redeliveries: Counter;
  /** By stream and consumer, in the order they were first seen. */
  readonly #backlogs = new Map<string, Backlog>();

  constructor(meter: Meter) {
    const wait = {
      unit: 's',
      valueType: ValueType.DOUBLE,
      advice: { explicitBucketBoundaries: WAIT_BOUNDARIES_S },
    };
    this.#queue = meter.createHistogram('nats.client.queue.duration', {
      ...wait,
      description: 'From the time a stream stored a message until the client had it.',
    });
    this.#buffer = meter.createHistogram('nats.client.buffer.duration', {
      ...wait,
      description: 'From the time the client had a message until the application was given it.',
    });
    this.#size = meter.createHistogram('nats.client.message.size', {
      unit: 'By',
      valueType: ValueType.INT,
      description: 'Size of message bodies, sent and received.',
      advice: { explicitBucketBoundaries: SIZE_BOUNDARIES_BYTES },
    });
    this.#redeliveries = meter.createCounter('nats.client.redeliveries', {
      unit: '{message}',
      description: 'Messages that had been delivered before.',
    });
    meter
      .createObservableGauge('nats.client.consumer.pending', {
        unit: '{message}',
        valueType: ValueType.INT,
        description: 'Messages still waiting for a consumer, as the last message from it said.',
      })
      .addCallback((result) => {
        for (const { pending, attributes } of this.#backlogs.values()) {
          result.observe(pending, attributes);
        }
      });
  }

  sent(sizeBytes: number, attributes: Attributes): void {
    this.#size.record(sizeBytes, attributes);
  }

  delivered(message: DeliveredMessage, attributes: Attributes): void {
    const { handedOutMs, receivedMs, metadata } = message;
    this.#size.record(message.sizeBytes, attributes);
    if (receivedMs !== undefined && handedOutMs >= receivedMs) {
      this.#buffer.record((handedOutMs - receivedMs) / 1000, attributes);
    }
    if (!metadata) return;
    const waitedMs = (receivedMs ?? handedOutMs) - Number(metadata.storeTimeNs) / 1e6;
    // Below zero the clocks of server and client differ by more: then the time is not known.
    if (waitedMs >= 0) this.#queue.record(waitedMs / 1000, attributes);
    if (metadata.deliveryCount > 1) this.#redeliveries.add(1, attributes);
    this.#notePending(metadata, attributes);
  }

  /** A consumer without a name that lasts is told by its stream: its own name is new at each start. */
  #notePending({ stream, pending }: JetStreamMetadata, attributes: Attributes): void {
    const subscription = attributes[ATTR.subscription];
    const key = `${stream} ${subscription ?? ''}`;
    const known = this.#backlogs.get(key);
    if (known) {
      known.pending = pending;
      return;
    }
    if (this.#backlogs.size >= CONSUMERS_MAX) {
      const [oldest] = this.#backlogs.keys();
      if (oldest !== undefined) this.#backlogs.delete(oldest);
    }
    this.#backlogs.set(key, {
      attributes: {
        [ATTR.stream]: stream,
        ...(subscription === undefined ? {} : { [ATTR.subscription]: subscription }),
      },
      pending,
    });
  }
}
