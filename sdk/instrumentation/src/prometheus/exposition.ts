import { activeSubscriptions, hub, transferredBytes } from '../observers/hub.ts';
import type { MessageSeries } from './message-series.ts';
import { type MetricType, type Sample, type TextFormat, TextWriter } from './text-format.ts';

const STATES = ['connected', 'disconnected'] as const;

/** Everything that a scrape gets. */
export function exposition(series: MessageSeries, format: TextFormat): string {
  const writer = new TextWriter(format);
  writeMessages(writer, series);
  writeConnections(writer);
  return writer.text();
}

function writeMessages(writer: TextWriter, series: MessageSeries): void {
  const counters: [name: string, help: string, values: ReadonlyMap<string, number>][] = [
    ['nats_messages_received_total', 'Handed to the application.', series.receivedBySubject],
    ['nats_messages_published_total', 'Sent by the application.', series.published],
    ['nats_messages_redelivered_total', 'Delivered before.', series.redelivered],
  ];
  for (const [name, help, values] of counters) {
    const samples = Array.from(values, ([subject, value]): Sample => [{ subject }, value]);
    writer.samples(name, ['counter', help], samples);
  }
  const histograms = [
    ['nats_message_processing_duration_seconds', 'In the handler.', series.processing],
    ['nats_message_queue_duration_seconds', 'Stored to received.', series.queue],
    ['nats_message_buffer_duration_seconds', 'Received to handed out.', series.buffer],
    ['nats_message_transit_duration_seconds', 'Published to received.', series.transit],
    ['nats_message_received_size_bytes', 'Bodies received.', series.receivedSizes],
    ['nats_message_sent_size_bytes', 'Bodies sent.', series.sentSizes],
  ] as const;
  for (const [name, help, values] of histograms) writer.histogram(name, help, values);
  const waiting = Array.from(series.backlogs, ({ stream, consumer = '', pending }): Sample => {
    return [{ stream, consumer }, pending];
  });
  writer.samples('nats_consumer_pending', ['gauge', 'Still waiting for a consumer.'], waiting);
}

function writeConnections(writer: TextWriter): void {
  const { counts, connections } = hub;
  const bytes = transferredBytes();
  const states = STATES.map((state): Sample => {
    const inState = [...connections].filter((connection) => connection.state === state);
    return [{ state }, inState.length];
  });
  writer.samples('nats_connections', ['gauge', 'Open connections by state.'], states);
  const singles: [name: string, type: MetricType, help: string, value: number][] = [
    ['nats_connects_total', 'counter', 'Connections opened.', counts.connects],
    ['nats_disconnects_total', 'counter', 'Connections lost.', counts.disconnects],
    ['nats_reconnects_total', 'counter', 'Connections regained.', counts.reconnects],
    ['nats_slow_consumer_events_total', 'counter', 'Slow consumer events.', counts.slowConsumers],
    ['nats_received_bytes_total', 'counter', 'Payload bytes received.', bytes.inBytes],
    ['nats_sent_bytes_total', 'counter', 'Payload bytes sent.', bytes.outBytes],
    [
      'nats_active_subscriptions',
      'gauge',
      'Subscriptions, inboxes of the client included.',
      activeSubscriptions(),
    ],
  ];
  for (const [name, type, help, value] of singles)
    writer.samples(name, [type, help], [[{}, value]]);
}
