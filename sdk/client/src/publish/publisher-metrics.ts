import { ATTR } from '@hopline/model';
import type { Attributes, Meter, Observable, ObservableResult } from '@opentelemetry/api';
import type { PublisherStats } from './publisher.ts';

type Values = Iterable<readonly [value: number, attributes?: Attributes]>;

/** Shows the publisher's own counts at each collection. Returns the undo. */
export function measurePublisher(
  meter: Meter,
  about: { connection: string; publisher: string },
  stats: () => PublisherStats,
): () => void {
  const base = { [ATTR.connectionName]: about.connection, [ATTR.publisherName]: about.publisher };
  const undo: (() => void)[] = [];
  const show = (instrument: Observable, read: (now: PublisherStats) => Values): void => {
    const observe = (result: ObservableResult): void => {
      for (const [value, attributes] of read(stats())) {
        result.observe(value, { ...base, ...attributes });
      }
    };
    instrument.addCallback(observe);
    undo.push(() => instrument.removeCallback(observe));
  };
  show(
    meter.createObservableCounter('messaging.nats.publish.messages', {
      unit: '{message}',
      description: 'Messages that have their outcome, by outcome.',
    }),
    outcomes,
  );
  show(
    meter.createObservableGauge('messaging.nats.publish.buffered', {
      unit: '{message}',
      description: 'Messages that wait to be sent or acknowledged.',
    }),
    ({ buffered }) => [[buffered]],
  );
  show(
    meter.createObservableGauge('messaging.nats.publish.buffered.size', {
      unit: 'By',
      description: 'Their subjects, headers and payloads.',
    }),
    ({ bufferedBytes }) => [[bufferedBytes]],
  );
  show(
    meter.createObservableCounter('messaging.nats.publish.dropped', {
      unit: '{message}',
      description: 'Messages that a full, old or closed buffer let go. They were never sent.',
    }),
    drops,
  );
  show(
    meter.createObservableCounter('messaging.nats.publish.resent', {
      unit: '{message}',
      description: 'Sendings beyond the first of a message.',
    }),
    ({ resent }) => [[resent]],
  );
  return () => {
    for (const each of undo) each();
  };
}

function outcomes(now: PublisherStats): Values {
  const dropped = Object.values(now.dropped).reduce((sum, count) => sum + count, 0);
  const counts = {
    acknowledged: now.acknowledged - now.duplicates,
    duplicate: now.duplicates,
    dropped,
    refused: now.refused,
    uncertain: now.uncertain,
  };
  return Object.entries(counts).map(([outcome, count]) => [
    count,
    { [ATTR.publishOutcome]: outcome },
  ]);
}

/** `refused`: the buffer was full, and `publish` said so by throwing. */
function drops({ dropped, bufferFull }: PublisherStats): Values {
  return Object.entries({ ...dropped, refused: bufferFull }).map(([reason, count]) => [
    count,
    { [ATTR.dropReason]: reason },
  ]);
}
