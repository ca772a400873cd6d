import type { Verdict } from '@hopline/model/api';
import { type ConsumerTraits, type LagSample, openOf, type WindowLimits } from './lag-sample.ts';

export interface Judgement {
  verdict: Verdict;
  /** In words with figures. */
  reason: string;
}

/** The first rule that applies decides: what is lost or repeated comes before what is slow. */
const RULES = [
  rewound,
  expired,
  idle,
  redeliveryLoop,
  saturated,
  motionless,
  stalled,
  starved,
  lagging,
] as const;

interface Seen {
  samples: readonly LagSample[];
  first: LagSample;
  last: LagSample;
  traits: ConsumerTraits;
  seconds: number;
}

/**
 * How a consumer does, from its samples within the window, oldest first (Burrow's rules carried over to
 * JetStream; docs/message-model.md). Until the window is filled it is `warming up`.
 */
export function verdictOf(
  samples: readonly LagSample[],
  traits: ConsumerTraits,
  { spanMs, minSamples }: WindowLimits,
): Judgement {
  const [first, last] = [samples[0], samples.at(-1)];
  const seconds = first && last ? (last.timeMs - first.timeMs) / 1000 : 0;
  // Sweeps are never exactly on time.
  if (!first || !last || samples.length < minSamples || seconds * 1000 < spanMs * 0.9) {
    const reason = `seen for ${rounded(seconds)} s of ${rounded(spanMs / 1000)} s`;
    return { verdict: 'warming up', reason };
  }
  const seen = { samples, first, last, traits, seconds };
  for (const rule of RULES) {
    const judgement = rule(seen);
    if (judgement) return judgement;
  }
  return { verdict: 'ok', reason: `${openOf(last)} open, ${openOf(first)} at the start` };
}

/** Went back and has not come forward again: a reset. Or jumped over messages without delivering: a purge. */
function rewound({ samples, last }: Seen): Judgement | null {
  let highest = 0;
  let sinceDrop = 0;
  for (const { deliveredStreamSeq } of samples) {
    if (deliveredStreamSeq >= highest) {
      highest = deliveredStreamSeq;
      sinceDrop = 0;
    } else sinceDrop++;
  }
  // One sample alone may be of a leader that has just taken over and is behind.
  if (sinceDrop >= 2) {
    return {
      verdict: 'rewound',
      reason: `delivered went back from ${highest} to ${last.deliveredStreamSeq}`,
    };
  }
  for (const [before, after] of pairs(samples)) {
    const jumped = after.deliveredStreamSeq - before.deliveredStreamSeq;
    const delivered = after.deliveredConsumerSeq - before.deliveredConsumerSeq;
    const isPurge =
      before.firstSeq > 0 &&
      after.firstSeq > before.deliveredStreamSeq + 1 &&
      after.deliveredStreamSeq >= after.firstSeq - 1 &&
      before.backlog > after.backlog &&
      jumped > delivered;
    if (isPurge) {
      return {
        verdict: 'rewound',
        reason: `the stream was purged to ${after.firstSeq}: ${before.backlog - after.backlog} were not delivered`,
      };
    }
  }
  return null;
}

/** Messages left the stream before they were delivered or acked. */
function expired({ samples }: Seen): Judgement | null {
  for (const [before, after] of pairs(samples)) {
    if (before.firstSeq === 0 || after.firstSeq <= before.firstSeq) continue;
    const delivered = Math.max(0, after.deliveredConsumerSeq - before.deliveredConsumerSeq);
    // Without arrivals the backlog falls by what is delivered; what it falls further has gone.
    const gone = before.backlog - after.backlog - delivered;
    const isBehind = after.firstSeq > after.deliveredStreamSeq + 1;
    const floorIsGone = after.firstSeq > after.ackFloorStreamSeq + 1 && before.inFlight > 0;
    if (before.backlog > 0 && isBehind) {
      return {
        verdict: 'expired data',
        reason:
          `the stream begins at ${after.firstSeq}, delivered is ${after.deliveredStreamSeq}` +
          (gone > 0 ? `: ${gone} or more left undelivered` : ''),
      };
    }
    if (floorIsGone && after.inFlight < before.inFlight && delivered === 0) {
      return {
        verdict: 'expired data',
        reason: `the stream begins at ${after.firstSeq}, the ack floor is ${after.ackFloorStreamSeq}`,
      };
    }
  }
  return null;
}

/** A moment with nothing to do shows that it keeps up. */
function idle({ samples, last }: Seen): Judgement | null {
  if (!samples.some((sample) => openOf(sample) === 0)) return null;
  return {
    verdict: 'ok',
    reason:
      openOf(last) === 0 ? 'nothing waits' : `${openOf(last)} open, was empty within the window`,
  };
}

function redeliveryLoop({ samples, first, last, seconds }: Seen): Judgement | null {
  const deliveries = last.deliveredConsumerSeq - first.deliveredConsumerSeq;
  const isLoop =
    deliveries > 0 &&
    last.deliveredStreamSeq === first.deliveredStreamSeq &&
    last.ackFloorStreamSeq === first.ackFloorStreamSeq &&
    samples.every(({ redelivered }) => redelivered > 0);
  if (!isLoop) return null;
  return {
    verdict: 'redelivery loop',
    reason: `${deliveries} deliveries in ${rounded(seconds)} s, all repeated, none acked`,
  };
}

function saturated({ samples, last, traits }: Seen): Judgement | null {
  const { maxAckPending } = traits;
  if (maxAckPending <= 0) return null;
  const isFull = samples.every(({ inFlight, backlog }) => inFlight >= maxAckPending && backlog > 0);
  if (!isFull) return null;
  return {
    verdict: 'saturated',
    reason: `${last.inFlight} in flight of at most ${maxAckPending}, ${last.backlog} wait for them`,
  };
}

/** Nothing delivered, nothing acked. */
function motionless({ samples, first, last, traits, seconds }: Seen): Judgement | null {
  const isStill =
    last.deliveredConsumerSeq === first.deliveredConsumerSeq &&
    last.ackFloorStreamSeq === first.ackFloorStreamSeq &&
    samples.every(({ inFlight }) => inFlight >= first.inFlight);
  if (!isStill) return null;
  if (last.backlog === 0) {
    return {
      verdict: 'stalled',
      reason: `${last.inFlight} in flight, none acked in ${rounded(seconds)} s`,
    };
  }
  const nobody = traits.mode === 'pull' && samples.every(({ waiting }) => waiting === 0);
  const why = traits.isPaused ? ': it is paused' : nobody ? ': no client asks for messages' : '';
  return {
    verdict: 'stopped',
    reason: `${last.backlog} wait, nothing delivered nor acked in ${rounded(seconds)} s${why}`,
  };
}

/** Delivers, but the floor stands. */
function stalled({ samples, first, last, traits, seconds }: Seen): Judgement | null {
  if (!traits.isAcked) return null;
  const floorStands =
    last.ackFloorStreamSeq === first.ackFloorStreamSeq &&
    samples.every(({ inFlight }) => inFlight > 0) &&
    last.inFlight >= first.inFlight;
  if (!floorStands) return null;
  return {
    verdict: 'stalled',
    reason: `the ack floor stands at ${last.ackFloorStreamSeq} for ${rounded(seconds)} s, ${last.inFlight} in flight`,
  };
}

/** It delivers when it is asked, and is hardly ever asked. */
function starved({ samples, first, last, traits }: Seen): Judgement | null {
  const isUnasked = samples.every(
    ({ waiting, inFlight, backlog }) => waiting === 0 && inFlight === 0 && backlog > 0,
  );
  if (traits.mode !== 'pull' || !isUnasked || last.backlog < first.backlog) return null;
  return {
    verdict: 'starved',
    reason: `${last.backlog} wait, none in flight, no pull request waits`,
  };
}

/** Never less than at the start, and more at the end. */
function lagging({ samples, first, last, seconds }: Seen): Judgement | null {
  const start = openOf(first);
  const grows = openOf(last) > start && samples.every((sample) => openOf(sample) >= start);
  if (!grows) return null;
  return {
    verdict: 'lagging',
    reason: `grew from ${start} to ${openOf(last)} in ${rounded(seconds)} s`,
  };
}

function* pairs(samples: readonly LagSample[]): Generator<[LagSample, LagSample]> {
  for (let at = 1; at < samples.length; at++) yield [samples[at - 1]!, samples[at]!];
}

const rounded = (seconds: number): number => Math.round(seconds * 10) / 10;
