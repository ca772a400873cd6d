import { fieldsAt, numberAt, parseFields, textAt } from './fields.ts';

/** What a server measured itself and published. Durations in seconds. */
export type MetricEvent =
  | {
      kind: 'ack';
      domain: string;
      stream: string;
      consumer: string;
      /** From delivery to ack. */
      seconds: number;
      deliveries: number;
    }
  | {
      kind: 'service';
      /** Name of the responder's connection; '' where nobody answered. */
      responder: string;
      status: number;
      serviceSeconds: number;
      systemSeconds: number;
      totalSeconds: number;
    };

const NS_PER_S = 1e9;

/**
 * `io.nats.jetstream.metric.v1.consumer_ack` and `io.nats.server.metric.v1.service_latency`; null for
 * anything else. Source: nats-server's `server/jetstream_events.go` and `server/accounts.go`.
 */
export function decodeMetricEvent(text: string): MetricEvent | null {
  const event = parseFields(text);
  if (!event) return null;
  const secondsAt = (key: string): number => numberAt(event, key) / NS_PER_S;
  switch (textAt(event, 'type')) {
    case 'io.nats.jetstream.metric.v1.consumer_ack':
      return {
        kind: 'ack',
        domain: textAt(event, 'domain'),
        stream: textAt(event, 'stream'),
        consumer: textAt(event, 'consumer'),
        seconds: secondsAt('ack_time'),
        deliveries: numberAt(event, 'deliveries'),
      };
    case 'io.nats.server.metric.v1.service_latency':
      return {
        kind: 'service',
        responder: textAt(fieldsAt(event, 'responder'), 'name'),
        status: numberAt(event, 'status'),
        serviceSeconds: secondsAt('service'),
        systemSeconds: secondsAt('system'),
        totalSeconds: secondsAt('total'),
      };
    default:
      return null;
  }
}
