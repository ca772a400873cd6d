import { type ConsumerTraits, type LagSample, openOf } from './lag-sample.ts';

/** Messages per second over the samples; null where they do not tell. */
export interface ConsumerRates {
  arrivalPerSecond: number | null;
  deliveryPerSecond: number | null;
  ackPerSecond: number | null;
  /** Seconds until the backlog is gone at this pace; 0 when there is none, null when it does not shrink. */
  drainSeconds: number | null;
}

/**
 * What waits changes by what arrives less what is acked, whatever the filters and redeliveries: so the
 * change of backlog + in flight is the one figure that needs no guess.
 */
export function consumerRates(
  samples: readonly LagSample[],
  { isFiltered }: Pick<ConsumerTraits, 'isFiltered'>,
): ConsumerRates {
  const [first, last] = [samples[0], samples.at(-1)];
  const seconds = first && last ? (last.timeMs - first.timeMs) / 1000 : 0;
  if (!first || !last || seconds <= 0) {
    return {
      arrivalPerSecond: null,
      deliveryPerSecond: null,
      ackPerSecond: null,
      drainSeconds: last?.backlog === 0 ? 0 : null,
    };
  }
  const delivered = last.deliveredConsumerSeq - first.deliveredConsumerSeq;
  const arrived = arrivals(first, last, { isFiltered, delivered });
  const shrinkPerSecond = (openOf(first) - openOf(last)) / seconds;
  const arrivalPerSecond = arrived === null ? null : arrived / seconds;
  return {
    arrivalPerSecond,
    deliveryPerSecond: delivered < 0 ? null : delivered / seconds,
    ackPerSecond:
      arrivalPerSecond === null ? null : Math.max(0, arrivalPerSecond + shrinkPerSecond),
    drainSeconds:
      last.backlog === 0 ? 0 : shrinkPerSecond > 0 ? last.backlog / shrinkPerSecond : null,
  };
}

function arrivals(
  first: LagSample,
  last: LagSample,
  { isFiltered, delivered }: { isFiltered: boolean; delivered: number },
): number | null {
  if (!isFiltered && first.lastSeq > 0 && last.lastSeq >= first.lastSeq) {
    return last.lastSeq - first.lastSeq;
  }
  // With redeliveries it cannot be told which deliveries were new ones.
  if (first.redelivered > 0 || last.redelivered > 0 || delivered < 0) return null;
  return Math.max(0, last.backlog - first.backlog + delivered);
}
