import { ATTR } from '@hopline/model';
import type { Meter, ObservableResult } from '@opentelemetry/api';
import type { PublisherStats } from './publisher.ts';

/** Shows the publisher's own counts at each collection. Returns the undo. */
export function measurePublisher(
  meter: Meter,
  name: string,
  stats: () => PublisherStats,
): () => void {
  const base = { [ATTR.connectionName]: name };
  const buffered = meter.createObservableGauge('messaging.nats.publish.buffered', {
    unit: '{message}',
    description: 'Messages that wait to be sent or acknowledged.',
  });
  const dropped = meter.createObservableCounter('messaging.nats.publish.dropped', {
    unit: '{message}',
    description: 'Messages that a full, old or closed buffer let go. They were never sent.',
  });
  const resent = meter.createObservableCounter('messaging.nats.publish.resent', {
    unit: '{message}',
    description: 'Sendings beyond the first of a message.',
  });
  const observeBuffered = (result: ObservableResult): void =>
    result.observe(stats().buffered, base);
  const observeResent = (result: ObservableResult): void => result.observe(stats().resent, base);
  const observeDropped = (result: ObservableResult): void => {
    for (const [reason, count] of Object.entries(stats().dropped)) {
      result.observe(count, { ...base, [ATTR.dropReason]: reason });
    }
  };
  buffered.addCallback(observeBuffered);
  resent.addCallback(observeResent);
  dropped.addCallback(observeDropped);
  return () => {
    buffered.removeCallback(observeBuffered);
    resent.removeCallback(observeResent);
    dropped.removeCallback(observeDropped);
  };
}
