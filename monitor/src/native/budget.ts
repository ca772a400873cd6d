import type { ClusterSnapshot, ConsumerView, StreamView } from '@hopline/model/api';

/** What gets series of its own; the rest is in the totals only. */
export interface Budgeted {
  streams: readonly StreamView[];
  consumers: readonly ConsumerView[];
  leftOut: { streams: number; consumers: number };
}

/** Streams never take more than this share: a consumer's lag is what alerts are made of. */
const STREAM_SHARE = 0.3;

/**
 * Of streams the largest; of consumers durable before ephemeral, then those that suffer most: a bad verdict,
 * longest lag, most that waits. The first that does not fit ends it: nobody suffers less than one left out.
 */
export function withinBudget(
  { streams, consumers }: Pick<ClusterSnapshot, 'streams' | 'consumers'>,
  maxSeries: number,
): Budgeted {
  const wanted = seriesOf(streams, seriesOfStream) + seriesOf(consumers, seriesOfConsumer);
  if (wanted <= maxSeries) return { streams, consumers, leftOut: { streams: 0, consumers: 0 } };
  const largest = firstWithin(
    streams.toSorted((one, other) => other.bytes - one.bytes),
    { seriesOf: seriesOfStream, maxSeries: maxSeries * STREAM_SHARE },
  );
  const worst = firstWithin(consumers.toSorted(byPain), {
    seriesOf: seriesOfConsumer,
    maxSeries: maxSeries - seriesOf(largest, seriesOfStream),
  });
  return {
    streams: largest,
    consumers: worst,
    leftOut: {
      streams: streams.length - largest.length,
      consumers: consumers.length - worst.length,
    },
  };
}

/** At most, in the blocks of stream-blocks.ts. */
const seriesOfStream = ({ replicas, origins, breaches }: StreamView): number =>
  10 + 4 * replicas.length + 2 * origins.length + breaches.length;

/** At most, in the blocks of consumer-blocks.ts. */
const seriesOfConsumer = ({ breaches }: ConsumerView): number => 15 + breaches.length;

function seriesOf<View>(views: readonly View[], seriesOfOne: (view: View) => number): number {
  return views.reduce((sum, view) => sum + seriesOfOne(view), 0);
}

function firstWithin<View>(
  views: readonly View[],
  { seriesOf, maxSeries }: { seriesOf(view: View): number; maxSeries: number },
): readonly View[] {
  let series = 0;
  const end = views.findIndex((view) => {
    series += seriesOf(view);
    return series > maxSeries;
  });
  return end < 0 ? views : views.slice(0, end);
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
