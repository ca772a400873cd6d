import type { StreamView } from '@hopline/model/api';
import { labelText, type MetricBlock, specs } from '../endpoints/compat/metric-block.ts';
import { limitOf, numberOf } from './numbers.ts';

/** One row a stream: that of its leader. */
export function streamBlocks(streams: readonly StreamView[]): MetricBlock[] {
  const labelled = streams.map((view) => ({ view, names: namesOf(view) }));
  return [
    {
      metrics: GAUGES,
      rows: labelled.map(({ view, names }) => ({
        labels: labelText(names),
        values: [
          view.messages,
          view.bytes,
          view.firstSeq,
          view.lastSeq,
          view.subjectCount,
          view.consumerCount,
          limitOf(view.maxBytes),
          limitOf(view.maxMessages),
          view.maxAgeSeconds === 0 ? Number.NaN : view.maxAgeSeconds,
          numberOf(view.ingestPerSecond),
        ],
      })),
    },
    {
      metrics: specs('hopline_stream_replica', {
        lag: 'RAFT entries that it is behind',
        offline: '1 when it does not answer its leader',
        current: '1 when it has all that its leader has',
        silent_seconds: 'since its leader last heard of it',
      }),
      rows: labelled.flatMap(({ view, names }) =>
        view.replicas.map((replica) => ({
          labels: labelText({ ...names, replica: replica.name }),
          values: [
            replica.lag,
            Number(replica.isOffline),
            Number(replica.isCurrent),
            replica.silentSeconds,
          ],
        })),
      ),
    },
    {
      metrics: specs('hopline_stream_origin', {
        lag_messages: 'messages that it is behind its source or mirror',
        silent_seconds: 'since it last heard of it',
      }),
      rows: labelled.flatMap(({ view, names }) =>
        view.origins.map((origin) => ({
          labels: labelText({ ...names, origin: origin.name, kind: origin.kind }),
          values: [origin.lag, numberOf(origin.silentSeconds)],
        })),
      ),
    },
    {
      metrics: specs('hopline_stream', {
        threshold_breached: 'value that passed a threshold of its own metadata',
      }),
      rows: labelled.flatMap(({ view, names }) =>
        view.breaches.map(({ key, value }) => ({
          labels: labelText({ ...names, key }),
          values: [value],
        })),
      ),
    },
  ];
}

const GAUGES = specs('hopline_stream', {
  messages: 'stored messages',
  bytes: 'stored bytes',
  first_sequence: 'sequence of the oldest message',
  last_sequence: 'sequence of the newest message',
  subjects: 'subjects with messages',
  consumers: 'consumers',
  limit_bytes: 'most bytes',
  limit_messages: 'most messages',
  limit_age_seconds: 'most age of a message',
  ingest_messages_per_second: 'messages stored, over the window',
});

const namesOf = ({ account, domain, cluster, stream }: StreamView) => ({
  account,
  domain,
  cluster,
  stream,
});
