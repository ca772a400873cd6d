import { ATTR } from '@hopline/model';
import {
  type Attributes,
  type Counter,
  type Histogram,
  type Meter,
  ValueType,
} from '@opentelemetry/api';
import { Backlogs } from './backlogs.ts';
import {
  bufferSeconds,
  type DeliveredMessage,
  queueSeconds,
  transitSeconds,
} from './delivered-message.ts';

/** Those of the messaging conventions, and longer ones: a message may wait for hours. */
export const WAIT_BOUNDARIES_S = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600,
];
export const SIZE_BOUNDARIES_BYTES = [
  64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

/** What messages say about their way beyond the conventions: waiting, attempts, sizes. */
export class MessageMetrics {
  readonly #queue: Histogram;
  readonly #buffer: Histogram;
  readonly #transit: Histogram;
  readonly #size: Histogram;
  readonly #redeliveries: Counter;
  readonly #backlogs = new Backlogs();

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
    this.#transit = meter.createHistogram('nats.client.transit.duration', {
      ...wait,
      description:
        'From the publishing of a core message, as it says itself, until the client had it.',
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
        for (const { stream, consumer, pending } of this.#backlogs) {
          result.observe(pending, {
            [ATTR.stream]: stream,
            ...(consumer === undefined ? {} : { [ATTR.subscription]: consumer }),
          });
        }
      });
  }

  sent(sizeBytes: number, attributes: Attributes): void {
    this.#size.record(sizeBytes, attributes);
  }

  deliveredPlain(sizeBytes: number, attributes: Attributes): void {
    this.#size.record(sizeBytes, attributes);
  }

  delivered(message: DeliveredMessage, attributes: Attributes): void {
    const { metadata } = message;
    this.#size.record(message.sizeBytes, attributes);
    record(this.#buffer, bufferSeconds(message), attributes);
    record(this.#transit, transitSeconds(message), attributes);
    if (!metadata) return;
    record(this.#queue, queueSeconds(message), attributes);
    if (metadata.deliveryCount > 1) this.#redeliveries.add(1, attributes);
    this.#backlogs.note(metadata, attributes);
  }
}

function record(histogram: Histogram, value: number | undefined, attributes: Attributes): void {
  if (value !== undefined) histogram.record(value, attributes);
}
