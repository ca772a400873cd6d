import type { Lag } from '@hopline/model/api';
import { type ConsumerTraits, type LagSample, openOf, type WindowLimits } from './lag-sample.ts';
import { type ConsumerRates, consumerRates } from './rates.ts';
import type { SequenceCurve } from './sequence-curve.ts';
import { type Judgement, verdictOf } from './verdict.ts';

export interface ConsumerConclusions extends ConsumerRates, Judgement {
  /** In flight and delivered more than once: at most. */
  redelivered: number;
  /** Out of attempts, and counted as redelivered by the server still: at least. */
  givenUp: number;
  deliveryLag: Lag;
  completionLag: Lag;
}

export const LAG_KINDS = ['delivery', 'completion'] as const;
/** Which of the two lags a store time is for. */
export type LagKind = (typeof LAG_KINDS)[number];

/** The store time of a message, and where it was looked for. */
interface StoreTime {
  afterSeq: number;
  seq: number;
  timeMs: number;
}

const NOTHING: Lag = { seconds: 0, method: 'exact' };
const UNKNOWN: Lag = { seconds: null, method: 'unknown' };

/** One consumer over time: its samples within the window, and what they say. */
export class ConsumerTracker {
  readonly #limits: WindowLimits;
  #samples: LagSample[] = [];
  #givenUp = 0;
  /** Unix ms at which nothing waited for delivery, or for an ack, as far as we saw. */
  readonly #emptyMs: Record<LagKind, number | null> = { delivery: null, completion: null };
  readonly #exact: Partial<Record<LagKind, StoreTime>> = {};
  readonly #seen: Partial<Record<LagKind, StoreTime>> = {};

  constructor(limits: WindowLimits) {
    this.#limits = limits;
  }

  get last(): LagSample | undefined {
    return this.#samples.at(-1);
  }

  add(sample: LagSample): void {
    const last = this.#samples.at(-1);
    // The same report again, or one of a clock that is behind.
    if (last && sample.timeMs <= last.timeMs) return;
    const oldest = sample.timeMs - this.#limits.spanMs * 1.25;
    this.#samples = this.#samples.filter(({ timeMs }) => timeMs >= oldest);
    this.#samples.push(sample);
    this.#noteGivenUp(sample);
    if (sample.backlog === 0) this.#emptyMs.delivery = sample.timeMs;
    if (openOf(sample) === 0) this.#emptyMs.completion = sample.timeMs;
  }

  /** Sequence after which the message must be read whose age is the lag; null when none waits. */
  wanted(kind: LagKind): number | null {
    const { last } = this;
    if (!last || !isOpen(last, kind)) return null;
    const after = floorOf(last, kind);
    const known = this.#exact[kind];
    const isKnown = known?.afterSeq === after && known.seq >= last.firstSeq;
    return isKnown ? null : after;
  }

  /** The first matching message after `afterSeq` was stored at `timeMs`. */
  found(kind: LagKind, exact: StoreTime): void {
    this.#exact[kind] = exact;
  }

  /** Sequences after which a message waits whose time neither it nor the stream's curve tells. */
  untimed(curve: SequenceCurve | undefined): number[] {
    const { last } = this;
    if (!last) return [];
    return LAG_KINDS.filter((kind) => isOpen(last, kind) && this.wanted(kind) !== null)
      .map((kind) => floorOf(last, kind))
      .filter((floor) => !curve?.timeOf(floor + 1));
  }

  /** A delivery: the first after `afterSeq` that is told of, else the last up to it. */
  seen(delivery: StoreTime): void {
    const { last } = this;
    for (const kind of LAG_KINDS) {
      if (last && floorOf(last, kind) === delivery.afterSeq) this.#seen[kind] = delivery;
    }
  }

  /**
   * The server's count keeps messages that ran out of attempts, although they are no longer in flight. So what it
   * counts beyond those in flight was given up; the moment with the fewest in flight tells most.
   */
  #noteGivenUp({ redelivered, inFlight }: LagSample): void {
    this.#givenUp = Math.max(Math.min(this.#givenUp, redelivered), redelivered - inFlight);
  }

  conclude(curve: SequenceCurve | undefined, traits: ConsumerTraits): ConsumerConclusions {
    return {
      redelivered: (this.last?.redelivered ?? 0) - this.#givenUp,
      givenUp: this.#givenUp,
      ...consumerRates(this.#samples, traits),
      ...verdictOf(this.#samples, traits, this.#limits),
      deliveryLag: this.#lag('delivery', curve, traits),
      completionLag: this.#lag('completion', curve, traits),
    };
  }

  #lag(kind: LagKind, curve: SequenceCurve | undefined, { isFiltered }: ConsumerTraits): Lag {
    const { last } = this;
    if (!last) return UNKNOWN;
    if (!isOpen(last, kind)) return NOTHING;
    const after = floorOf(last, kind);
    const known = this.#exact[kind];
    if (known?.afterSeq === after && known.seq >= last.firstSeq) {
      return { seconds: age(last, known.timeMs), method: 'exact' };
    }
    const at = curve?.timeOf(after + 1);
    if (!at) return this.#observed(kind, last);
    if (at.isExact && !isFiltered) return { seconds: age(last, at.timeMs), method: 'exact' };
    // The next message that matches may be a later one than the next: it came after nothing waited.
    const timeMs = isFiltered ? Math.max(at.timeMs, this.#emptyMs[kind] ?? 0) : at.timeMs;
    return { seconds: age(last, timeMs), method: 'interpolated' };
  }

  #observed(kind: LagKind, last: LagSample): Lag {
    const seen = this.#seen[kind];
    const floor = floorOf(last, kind);
    if (!seen || floor < seen.afterSeq) return UNKNOWN;
    // What waits was stored after what came before it, and after nothing waited: at most this old.
    const timeMs = seen.seq > floor ? seen.timeMs : Math.max(seen.timeMs, this.#emptyMs[kind] ?? 0);
    return { seconds: age(last, timeMs), method: 'observed' };
  }
}

const isOpen = (sample: LagSample, kind: LagKind): boolean =>
  kind === 'delivery' ? sample.backlog > 0 : openOf(sample) > 0;

const floorOf = (sample: LagSample, kind: LagKind): number =>
  kind === 'delivery' ? sample.deliveredStreamSeq : sample.ackFloorStreamSeq;

const age = (sample: LagSample, timeMs: number): number =>
  Math.max(0, (sample.timeMs - timeMs) / 1000);
