import type { Msg } from '@nats-io/nats-core';
import { labelText, type MetricBlock, specs } from '../endpoints/compat/metric-block.ts';
import { decodeMetricEvent } from '../endpoints/metric-event.ts';
import { DurationHistogram, histogramBlocks } from '../native/duration-histogram.ts';
import type { Subscription } from '../transport/connection.ts';
import { eventBody } from './event-body.ts';

/** Consumers with `sample_freq` publish these. */
const ACKS = '$JS.EVENT.METRIC.CONSUMER.ACK.>';
/** Consumers, and services; each has one or two dozen series, and the first ones keep theirs. */
const MAX_ROWS = 1_000;

/** One kind of event: its histograms and what is counted up beside them. */
interface Family {
  histograms: readonly (readonly [name: string, help: string])[];
  counter: readonly [start: string, key: string, help: string];
}

const ACK_FAMILY: Family = {
  histograms: [
    [
      'hopline_consumer_sampled_ack_seconds',
      'from delivery to ack, of the acks that the server measured (sample_freq)',
    ],
  ],
  counter: [
    'hopline_consumer_sampled',
    'ack_deliveries_total',
    'deliveries that the measured acks took',
  ],
};
const REQUEST_FAMILY: Family = {
  histograms: [
    [
      'hopline_service_sampled_request_seconds',
      'from request to reply, of the requests that the server measured',
    ],
    ['hopline_service_sampled_responder_seconds', 'of those, time within the service'],
  ],
  counter: [
    'hopline_service_sampled',
    'system_seconds_total',
    'time within NATS of the measured requests, summed',
  ],
};

/** What servers measured themselves since we started to listen: sampled acks, service latency. */
export class MetricEvents {
  readonly subscriptions: Subscription[];
  readonly #acks = new MeasuredRows(ACK_FAMILY);
  readonly #requests = new MeasuredRows(REQUEST_FAMILY);

  /** `latencySubjects`: `latency.subject` of the exports of services; no server tells them. */
  constructor(latencySubjects: readonly string[]) {
    this.subscriptions = [ACKS, ...latencySubjects].map((subject) => ({
      subject,
      // Users made for tracing and advisories alone may not have it: nothing else depends on it.
      isOptional: true,
      onMessage: (message) => this.take(message),
    }));
  }

  take(message: Msg): void {
    const event = decodeMetricEvent(textOf(message));
    if (event?.kind === 'ack') {
      const { domain, stream, consumer, seconds, deliveries } = event;
      this.#acks.take(labelText({ domain, stream, consumer }), [seconds], deliveries);
    }
    if (event?.kind === 'service') {
      const { responder, status, totalSeconds, serviceSeconds, systemSeconds } = event;
      const labels = labelText({ subject: message.subject, responder, status: String(status) });
      this.#requests.take(labels, [totalSeconds, serviceSeconds], systemSeconds);
    }
  }

  blocks(): MetricBlock[] {
    return [...this.#acks.blocks(), ...this.#requests.blocks()];
  }
}

/** Events of one family by their labels: those of a consumer, or of a service, responder and status. */
class MeasuredRows {
  readonly #family: Family;
  readonly #rows = new Map<string, { durations: DurationHistogram[]; counted: number }>();

  constructor(family: Family) {
    this.#family = family;
  }

  /** `seconds`: one for each histogram of the family. */
  take(labels: string, seconds: readonly number[], counted: number): void {
    let row = this.#rows.get(labels);
    if (!row) {
      if (this.#rows.size >= MAX_ROWS) return;
      row = { durations: seconds.map(() => new DurationHistogram()), counted: 0 };
      this.#rows.set(labels, row);
    }
    for (const [at, duration] of row.durations.entries()) duration.observe(seconds[at] as number);
    row.counted += counted;
  }

  blocks(): MetricBlock[] {
    const rows = [...this.#rows];
    const { histograms, counter } = this.#family;
    const [start, key, help] = counter;
    return [
      ...histograms.flatMap(([name, meaning], at) =>
        histogramBlocks(
          name,
          meaning,
          rows.map(([labels, { durations }]) => [labels, durations[at] as DurationHistogram]),
        ),
      ),
      {
        metrics: specs(start, { [key]: help }, 'counter'),
        rows: rows.map(([labels, { counted }]) => ({ labels, values: [counted] })),
      },
    ];
  }
}

function textOf({ data, headers }: Msg): string {
  try {
    return eventBody(data, headers?.get('Content-Encoding') ?? '');
  } catch {
    return '';
  }
}
