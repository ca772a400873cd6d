import { DURATION_BOUNDARIES_S } from '../kernel/metrics.ts';
import { activeSubscriptions, hub, transferredBytes } from '../observers/hub.ts';
import type { MessageSeries } from './message-series.ts';

/** The Prometheus text format 0.0.4. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const STATES = ['connected', 'disconnected'] as const;

/** Everything that a scrape gets. */
export function exposition(series: MessageSeries): string {
  const { counts, connections } = hub;
  const bytes = transferredBytes();
  const inState = (state: string): number =>
    [...connections].filter((connection) => connection.state === state).length;
  return [
    ...bySubject(
      'nats_messages_received_total',
      'Messages handed to the application.',
      series.receivedBySubject,
    ),
    ...bySubject(
      'nats_messages_published_total',
      'Messages the application sent.',
      series.published,
    ),
    ...durations(series),
    ...head('nats_connections', 'gauge', 'Open connections by state.'),
    ...STATES.map((state) => `nats_connections{state="${state}"} ${inState(state)}`),
    ...single('nats_connects_total', 'counter', 'Connections opened.', counts.connects),
    ...single('nats_disconnects_total', 'counter', 'Connections lost.', counts.disconnects),
    ...single('nats_reconnects_total', 'counter', 'Connections regained.', counts.reconnects),
    ...single(
      'nats_slow_consumer_events_total',
      'counter',
      'Slow consumer events.',
      counts.slowConsumers,
    ),
    ...single('nats_received_bytes_total', 'counter', 'Payload bytes received.', bytes.inBytes),
    ...single('nats_sent_bytes_total', 'counter', 'Payload bytes sent.', bytes.outBytes),
    ...single(
      'nats_active_subscriptions',
      'gauge',
      'Subscriptions, inboxes of the client included.',
      activeSubscriptions(),
    ),
    '',
  ].join('\n');
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

type Single = [name: string, type: string, help: string, value: number];

function single(...[name, type, help, value]: Single): string[] {
  return [...head(name, type, help), `${name} ${value}`];
}

function bySubject(name: string, help: string, values: ReadonlyMap<string, number>): string[] {
  const lines = [...values].map(([subject, value]) => `${name}{${label(subject)}} ${value}`);
  return [...head(name, 'counter', help), ...lines];
}

function durations(series: MessageSeries): string[] {
  const name = 'nats_message_processing_duration_seconds';
  const lines = [...series.processing].flatMap(([subject, { buckets, count, sum }]) => {
    let below = 0;
    const cumulated = DURATION_BOUNDARIES_S.map((boundary, at) => {
      below += buckets[at] ?? 0;
      return `${name}_bucket{${label(subject)},le="${boundary}"} ${below}`;
    });
    return [
      ...cumulated,
      `${name}_bucket{${label(subject)},le="+Inf"} ${count}`,
      `${name}_sum{${label(subject)}} ${sum}`,
      `${name}_count{${label(subject)}} ${count}`,
    ];
  });
  return [...head(name, 'histogram', 'Time in the handler of a message.'), ...lines];
}

function label(subject: string): string {
  const escaped = subject.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
  return `subject="${escaped}"`;
}
