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
  const shrinkPerSecond = (openOf(first) - openOf(last)) / seconds;
  return {
    ...passage(samples, { isFiltered }),
    deliveryPerSecond: delivered < 0 ? null : delivered / seconds,
    drainSeconds:
      last.backlog === 0 ? 0 : shrinkPerSecond > 0 ? last.backlog / shrinkPerSecond : null,
  };
}

/** In and out: over all the window, or over those of its steps that tell. */
function passage(
  samples: readonly LagSample[],
  { isFiltered }: { isFiltered: boolean },
): Pick<ConsumerRates, 'arrivalPerSecond' | 'ackPerSecond'> {
  const whole = [samples[0]!, samples.at(-1)!] as const;
  const steps = samples.slice(1).map((sample, at) => [samples[at]!, sample] as const);
  return (
    passageOver([whole], { isFiltered }) ??
    passageOver(steps, { isFiltered }) ?? { arrivalPerSecond: null, ackPerSecond: null }
  );
}

function passageOver(
  steps: readonly (readonly [LagSample, LagSample])[],
  { isFiltered }: { isFiltered: boolean },
): Pick<ConsumerRates, 'arrivalPerSecond' | 'ackPerSecond'> | null {
  const sum = { arrived: 0, shrunk: 0, seconds: 0 };
  for (const [first, last] of steps) {
    const arrived = arrivals(first, last, { isFiltered });
    if (arrived === null) continue;
    sum.arrived += arrived;
    sum.shrunk += openOf(first) - openOf(last);
    sum.seconds += (last.timeMs - first.timeMs) / 1000;
  }
  if (sum.seconds <= 0) return null;
  return {
    arrivalPerSecond: sum.arrived / sum.seconds,
    ackPerSecond: Math.max(0, (sum.arrived + sum.shrunk) / sum.seconds),
  };
}

function arrivals(
  first: LagSample,
  last: LagSample,
  { isFiltered }: { isFiltered: boolean },
): number | null {
  if (!isFiltered && first.lastSeq > 0 && last.lastSeq >= first.lastSeq) {
    return last.lastSeq - first.lastSeq;
  }
  const delivered = last.deliveredConsumerSeq - first.deliveredConsumerSeq;
  // With redeliveries it cannot be told which deliveries were new ones; without a delivery there is none. A
  // message that has left after its last delivery counts as redelivered for ever, and comes no more.
  const mayRepeat = first.redelivered > 0 && first.inFlight > 0;
  const isTold = delivered === 0 || (!mayRepeat && first.redelivered === last.redelivered);
  if (!isTold || delivered < 0) return null;
  return Math.max(0, last.backlog - first.backlog + delivered);
}
