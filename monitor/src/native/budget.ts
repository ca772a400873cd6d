import type { ClusterSnapshot, ConsumerView, StreamView } from '@hopline/model/api';

/** What gets series of its own; the rest is in the totals only. */
export interface Budgeted {
  streams: readonly StreamView[];
  consumers: readonly ConsumerView[];
  leftOut: { streams: number; consumers: number };
}

/** Series of one consumer and of one stream with three replicas: what the budget is divided by. */
const SERIES_OF_CONSUMER = 16;
const SERIES_OF_STREAM = 18;
/** Streams never take more than this share: a consumer's lag is what alerts are made of. */
const STREAM_SHARE = 0.3;

/** Durable before ephemeral, then those that suffer most: worst verdict, longest lag, most that waits. */
export function withinBudget(
  { streams, consumers }: Pick<ClusterSnapshot, 'streams' | 'consumers'>,
  maxSeries: number,
): Budgeted {
  const wanted = streams.length * SERIES_OF_STREAM + consumers.length * SERIES_OF_CONSUMER;
  if (wanted <= maxSeries) return { streams, consumers, leftOut: { streams: 0, consumers: 0 } };
  const streamCount = Math.floor(
    Math.min(streams.length, (maxSeries * STREAM_SHARE) / SERIES_OF_STREAM),
  );
  const left = maxSeries - streamCount * SERIES_OF_STREAM;
  const consumerCount = Math.min(consumers.length, Math.floor(left / SERIES_OF_CONSUMER));
  return {
    streams: streams.toSorted((one, other) => other.bytes - one.bytes).slice(0, streamCount),
    consumers: consumers.toSorted(byPain).slice(0, consumerCount),
    leftOut: {
      streams: streams.length - streamCount,
      consumers: consumers.length - consumerCount,
    },
  };
}

function byPain(one: ConsumerView, other: ConsumerView): number {
  return (
    Number(other.isDurable) - Number(one.isDurable) ||
    Number(isBad(other)) - Number(isBad(one)) ||
    (other.deliveryLag.seconds ?? 0) - (one.deliveryLag.seconds ?? 0) ||
    other.backlog + other.inFlight - (one.backlog + one.inFlight)
  );
}

const isBad = ({ verdict }: ConsumerView): boolean => verdict !== 'ok' && verdict !== 'warming up';
