import type { Meter } from '@opentelemetry/api';
import { activeSubscriptions, hub, transferredBytes } from './hub.ts';

/** Observed when metrics are collected; nothing is done in between. */
export function observeConnections(meter: Meter): void {
  const counters: [name: string, unit: string, read: () => number][] = [
    ['nats.client.connects', '{connection}', () => hub.counts.connects],
    ['nats.client.disconnects', '{disconnect}', () => hub.counts.disconnects],
    ['nats.client.reconnects', '{reconnect}', () => hub.counts.reconnects],
    ['nats.client.slow_consumer.events', '{event}', () => hub.counts.slowConsumers],
    ['nats.client.received.bytes', 'By', () => transferredBytes().inBytes],
    ['nats.client.sent.bytes', 'By', () => transferredBytes().outBytes],
  ];
  for (const [name, unit, read] of counters) {
    meter.createObservableCounter(name, { unit }).addCallback((result) => result.observe(read()));
  }
  meter
    .createObservableUpDownCounter('nats.client.active_subscriptions', { unit: '{subscription}' })
    .addCallback((result) => result.observe(activeSubscriptions()));
}
