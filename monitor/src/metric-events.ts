import type { Msg } from '@nats-io/nats-core';
import type { Subscription } from './connection.ts';
import { labelText, type MetricBlock, specs } from './endpoints/compat/metric-block.ts';
import { decodeMetricEvent, type MetricEvent } from './endpoints/metric-event.ts';
import { eventBody } from './event-body.ts';

/** Consumers with `sample_freq` publish these. */
const ACKS = '$JS.EVENT.METRIC.CONSUMER.ACK.>';
/** Series of each kind; the first ones keep theirs. */
const MAX_SERIES = 5_000;

/** Sums over the events of one set of labels. */
interface Row {
  labels: string;
  values: number[];
}

/** What servers measured themselves, summed since we started to listen: sampled acks, service latency. */
export class MetricEvents {
  readonly subscriptions: Subscription[];
  readonly #rows = {
    ack: new Map<string, Row>(),
    service: new Map<string, Row>(),
  };

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
    if (!event) return;
    const { labels, values } = sumsOf(event, message.subject);
    const rows = this.#rows[event.kind];
    const row = rows.get(labels);
    if (row) row.values = row.values.map((value, at) => value + values[at]!);
    else if (rows.size < MAX_SERIES) rows.set(labels, { labels, values });
  }

  blocks(): MetricBlock[] {
    return [
      { metrics: ACK_METRICS, rows: [...this.#rows.ack.values()] },
      { metrics: SERVICE_METRICS, rows: [...this.#rows.service.values()] },
    ];
  }
}

const ACK_METRICS = specs(
  'hopline_consumer_sampled',
  {
    acks_total: 'acks that the server measured, as many as sample_freq says',
    ack_seconds_total: 'from delivery to ack of those, summed',
    ack_deliveries_total: 'deliveries that those took',
  },
  'counter',
);
const SERVICE_METRICS = specs(
  'hopline_service_sampled',
  {
    requests_total: 'requests that the server measured',
    responder_seconds_total: 'time within the service, summed',
    system_seconds_total: 'time within NATS, summed',
    request_seconds_total: 'from request to reply, summed',
  },
  'counter',
);

function sumsOf(event: MetricEvent, subject: string): Row {
  if (event.kind === 'ack') {
    const { domain, stream, consumer, seconds, deliveries } = event;
    return { labels: labelText({ domain, stream, consumer }), values: [1, seconds, deliveries] };
  }
  const { responder, status, serviceSeconds, systemSeconds, totalSeconds } = event;
  return {
    labels: labelText({ subject, responder, status: String(status) }),
    values: [1, serviceSeconds, systemSeconds, totalSeconds],
  };
}

function textOf({ data, headers }: Msg): string {
  try {
    return eventBody(data, headers?.get('Content-Encoding') ?? '');
  } catch {
    return '';
  }
}
