import type { Msg } from '@nats-io/nats-core';
import type { Subscription } from './connection.ts';
import { labelText, type MetricBlock, specs } from './endpoints/compat/metric-block.ts';
import { decodeMetricEvent, type MetricEvent } from './endpoints/metric-event.ts';
import { eventBody } from './event-body.ts';
import { DurationHistogram, histogramBlocks } from './native/duration-histogram.ts';

/** Consumers with `sample_freq` publish these. */
const ACKS = '$JS.EVENT.METRIC.CONSUMER.ACK.>';
/** Consumers, and services; each has one or two dozen series, and the first ones keep theirs. */
const MAX_ROWS = 1_000;

/** Events of one consumer, or of one service, responder and status. */
interface Acks {
  seconds: DurationHistogram;
  deliveries: number;
}
interface Requests {
  total: DurationHistogram;
  service: DurationHistogram;
  systemSeconds: number;
}

/** What servers measured themselves since we started to listen: sampled acks, service latency. */
export class MetricEvents {
  readonly subscriptions: Subscription[];
  readonly #acks = new Map<string, Acks>();
  readonly #requests = new Map<string, Requests>();

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
    if (event?.kind === 'ack') this.#takeAck(event);
    if (event?.kind === 'service') this.#takeRequest(event, message.subject);
  }

  blocks(): MetricBlock[] {
    const acks = [...this.#acks];
    const requests = [...this.#requests];
    return [
      ...histogramBlocks(
        'hopline_consumer_sampled_ack_seconds',
        'from delivery to ack, of the acks that the server measured (sample_freq)',
        acks.map(([labels, { seconds }]) => [labels, seconds]),
      ),
      {
        metrics: specs(
          'hopline_consumer_sampled',
          { ack_deliveries_total: 'deliveries that the measured acks took' },
          'counter',
        ),
        rows: acks.map(([labels, { deliveries }]) => ({ labels, values: [deliveries] })),
      },
      ...histogramBlocks(
        'hopline_service_sampled_request_seconds',
        'from request to reply, of the requests that the server measured',
        requests.map(([labels, { total }]) => [labels, total]),
      ),
      ...histogramBlocks(
        'hopline_service_sampled_responder_seconds',
        'of those, time within the service',
        requests.map(([labels, { service }]) => [labels, service]),
      ),
      {
        metrics: specs(
          'hopline_service_sampled',
          { system_seconds_total: 'time within NATS of the measured requests, summed' },
          'counter',
        ),
        rows: requests.map(([labels, { systemSeconds }]) => ({ labels, values: [systemSeconds] })),
      },
    ];
  }

  #takeAck({ domain, stream, consumer, seconds, deliveries }: EventOf<'ack'>): void {
    const labels = labelText({ domain, stream, consumer });
    const acks = rowOf(this.#acks, labels, () => ({
      seconds: new DurationHistogram(),
      deliveries: 0,
    }));
    if (!acks) return;
    acks.seconds.observe(seconds);
    acks.deliveries += deliveries;
  }

  #takeRequest(event: EventOf<'service'>, subject: string): void {
    const { responder, status } = event;
    const labels = labelText({ subject, responder, status: String(status) });
    const requests = rowOf(this.#requests, labels, () => ({
      total: new DurationHistogram(),
      service: new DurationHistogram(),
      systemSeconds: 0,
    }));
    if (!requests) return;
    requests.total.observe(event.totalSeconds);
    requests.service.observe(event.serviceSeconds);
    requests.systemSeconds += event.systemSeconds;
  }
}

type EventOf<Kind> = Extract<MetricEvent, { kind: Kind }>;

/** The row of these labels, made when there is still room. */
function rowOf<Row>(rows: Map<string, Row>, labels: string, make: () => Row): Row | undefined {
  const known = rows.get(labels);
  if (known || rows.size >= MAX_ROWS) return known;
  const made = make();
  rows.set(labels, made);
  return made;
}

function textOf({ data, headers }: Msg): string {
  try {
    return eventBody(data, headers?.get('Content-Encoding') ?? '');
  } catch {
    return '';
  }
}
