import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConsumerView, StreamView } from '@hopline/model/api';
import type { ReportedConsumer, ReportedStream } from '../endpoints/jetstream-asset.ts';
import { consumerBreaches, streamBreaches } from '../lag/breaches.ts';
import { ConsumerTracker, LAG_KINDS, type LagKind } from '../lag/consumer-tracker.ts';
import type { ConsumerTraits, LagSample, WindowLimits } from '../lag/lag-sample.ts';
import { SequenceCurve } from '../lag/sequence-curve.ts';
import { type LeaderAssets, streamKey } from '../servers/leader-assets.ts';

/** Reads when a message was stored: the first after `afterSeq` that matches one of the filters. */
export interface MessageTimes {
  /** Null when there is none or it may not be read. Never rejects. */
  find(question: MessageQuestion): Promise<{ seq: number; timeMs: number } | null>;
}

export interface MessageQuestion {
  account: string;
  domain: string;
  stream: string;
  /** The stream lets any replica answer. */
  allowDirect: boolean;
  afterSeq: number;
  /** The stream's first; nothing is before it. */
  firstSeq: number;
  /** Empty: any subject. */
  filterSubjects: readonly string[];
}

/** Store times as spans of a consumer's deliveries tell them, by the names of stream and consumer. */
export interface SpanTimes {
  /**
   * For each place the nearest delivery: the first after it, else the last up to it. Places that no span
   * tells of have no answer. Never rejects.
   */
  find(places: readonly DeliveryPlace[]): Promise<(DeliveryPlace & SeenMessage)[]>;
}

export interface DeliveryPlace {
  stream: string;
  consumer: string;
  afterSeq: number;
}

export interface SeenMessage {
  seq: number;
  /** Unix ms at which it was stored. */
  timeMs: number;
}

export interface LagBookOptions {
  window: WindowLimits;
  /** Without it no message is read. */
  messageTimes?: MessageTimes | undefined;
  /** Without it a lag that servers do not give the times for is unknown. */
  spanTimes?: SpanTimes | undefined;
  /** Messages read in one sweep at most; those of the longest waits first. */
  maxReads: number;
  /** Points kept of each stream's sequence over time. */
  curvePoints: number;
}

interface Tracked {
  tracker: ConsumerTracker;
  report: ReportedConsumer;
  key: string;
}

/** Work between two turns of the event loop. */
const CHUNK = 500;
const READS_AT_ONCE = 16;
/** Sweeps between two questions about spans: the answer is a look through an hour of them. */
const SPANS_EVERY = 3;

/** All consumers over time: turns each sweep's reports into lag, rates and verdicts. */
export class LagBook {
  readonly #options: LagBookOptions;
  readonly #trackers = new Map<string, ConsumerTracker>();
  readonly #curves = new Map<string, SequenceCurve>();
  #untilSpans = 0;
  readonly #ingest = new Map<string, { seq: number; timeMs: number }[]>();

  constructor(options: LagBookOptions) {
    this.#options = options;
  }

  /** Takes the reports of one sweep. Assets that are gone are forgotten once their window has passed. */
  async take({ streams, consumers }: LeaderAssets): Promise<{
    streams: StreamView[];
    consumers: ConsumerView[];
  }> {
    for (const report of streams.values()) this.#takeStream(report);
    const tracked: Tracked[] = [];
    for (const [key, report] of consumers) {
      const tracker = this.#trackerOf(key);
      tracker.add(sampleOf(report, streams.get(streamKey(report.view))));
      tracked.push({ tracker, report, key });
      if (tracked.length % CHUNK === 0) await nextTurn();
    }
    await this.#readTimes(tracked, streams);
    await this.#askSpans(tracked);
    const views: ConsumerView[] = [];
    for (const { tracker, report } of tracked) {
      views.push(this.#viewOf(tracker, report));
      if (views.length % CHUNK === 0) await nextTurn();
    }
    this.#forget(consumers, streams);
    return {
      streams: [...streams.values()].map((report) => this.#streamView(report)),
      consumers: views,
    };
  }

  #takeStream({ view }: ReportedStream): void {
    const key = streamKey(view);
    let curve = this.#curves.get(key);
    if (!curve) {
      curve = new SequenceCurve(this.#options.curvePoints);
      this.#curves.set(key, curve);
    }
    curve.add({
      firstSeq: view.firstSeq,
      lastSeq: view.lastSeq,
      firstMs: msOf(view.firstTime),
      lastMs: msOf(view.lastTime),
    });
    const timeMs = msOf(view.time) ?? 0;
    const oldest = timeMs - this.#options.window.spanMs * 1.25;
    const points = (this.#ingest.get(key) ?? []).filter(
      (point) => point.timeMs >= oldest && point.timeMs < timeMs && point.seq <= view.lastSeq,
    );
    this.#ingest.set(key, [...points, { seq: view.lastSeq, timeMs }]);
  }

  #streamView(report: ReportedStream): StreamView {
    const view = { ...report.view, ingestPerSecond: this.#ingestOf(report), breaches: [] };
    return { ...view, breaches: streamBreaches(view, report.thresholds) };
  }

  #ingestOf({ view }: ReportedStream): number | null {
    const points = this.#ingest.get(streamKey(view)) ?? [];
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last || last.timeMs <= first.timeMs) return null;
    return ((last.seq - first.seq) * 1000) / (last.timeMs - first.timeMs);
  }

  #trackerOf(key: string): ConsumerTracker {
    let tracker = this.#trackers.get(key);
    if (!tracker) {
      tracker = new ConsumerTracker(this.#options.window);
      this.#trackers.set(key, tracker);
    }
    return tracker;
  }

  #viewOf(tracker: ConsumerTracker, report: ReportedConsumer): ConsumerView {
    const { reason, ...concluded } = tracker.conclude(this.#curveOf(report), traitsOf(report));
    const view: ConsumerView = {
      ...report.view,
      ...concluded,
      verdictReason: reason,
      breaches: [],
    };
    if (report.thresholds) view.breaches = consumerBreaches(view, report.thresholds);
    return view;
  }

  /** Reads the messages whose age is a lag, the largest backlogs first. */
  async #readTimes(tracked: readonly Tracked[], streams: LeaderAssets['streams']): Promise<void> {
    const { messageTimes, maxReads } = this.#options;
    if (!messageTimes) return;
    const wanted = tracked
      .flatMap(({ tracker, report }) =>
        LAG_KINDS.flatMap((kind) => {
          const afterSeq = tracker.wanted(kind);
          return afterSeq === null ? [] : [{ tracker, report, kind, afterSeq }];
        }),
      )
      .sort((one, other) => other.report.view.backlog - one.report.view.backlog)
      .slice(0, maxReads);
    const next = wanted.values();
    const readNext = async (): Promise<void> => {
      for (const one of next) {
        const stream = streams.get(streamKey(one.report.view));
        if (stream) await readOne(messageTimes, { ...one, stream });
      }
    };
    await Promise.all(Array.from({ length: READS_AT_ONCE }, readNext));
  }

  /** Asks spans about what no server gives the time of. */
  async #askSpans(tracked: readonly Tracked[]): Promise<void> {
    const { spanTimes, maxReads } = this.#options;
    if (!spanTimes || this.#untilSpans-- > 0) return;
    this.#untilSpans = SPANS_EVERY - 1;
    const asking = new Map<string, { place: DeliveryPlace; trackers: ConsumerTracker[] }>();
    for (const { tracker, report } of tracked) {
      const { stream, consumer } = report.view;
      for (const afterSeq of tracker.untimed(this.#curveOf(report))) {
        const place = { stream, consumer, afterSeq };
        const asked = asking.get(placeKey(place));
        if (asked) asked.trackers.push(tracker);
        else if (asking.size < maxReads)
          asking.set(placeKey(place), { place, trackers: [tracker] });
      }
    }
    if (asking.size === 0) return;
    const found = await spanTimes.find([...asking.values()].map(({ place }) => place));
    for (const seen of found) {
      for (const tracker of asking.get(placeKey(seen))?.trackers ?? []) tracker.seen(seen);
    }
  }

  #curveOf({ view }: ReportedConsumer): SequenceCurve | undefined {
    return this.#curves.get(streamKey(view));
  }

  #forget(consumers: LeaderAssets['consumers'], streams: LeaderAssets['streams']): void {
    const newest = Math.max(
      0,
      ...[...streams.values()].slice(0, 100).map(({ view }) => msOf(view.time) ?? 0),
    );
    for (const [key, tracker] of this.#trackers) {
      const age = newest - (tracker.last?.timeMs ?? 0);
      if (!consumers.has(key) && age > this.#options.window.spanMs) this.#trackers.delete(key);
    }
    for (const [key, points] of this.#ingest) {
      const age = newest - (points.at(-1)?.timeMs ?? 0);
      if (streams.has(key) || age <= this.#options.window.spanMs) continue;
      this.#ingest.delete(key);
      this.#curves.delete(key);
    }
  }
}

interface Wanted {
  tracker: ConsumerTracker;
  report: ReportedConsumer;
  stream: ReportedStream;
  kind: LagKind;
  afterSeq: number;
}

async function readOne(
  messageTimes: MessageTimes,
  { tracker, report, stream, kind, afterSeq }: Wanted,
): Promise<void> {
  const found = await messageTimes.find({
    account: report.view.account,
    domain: report.view.domain,
    stream: report.view.stream,
    allowDirect: stream.allowDirect,
    afterSeq,
    firstSeq: stream.view.firstSeq,
    filterSubjects: report.view.filterSubjects,
  });
  if (found) tracker.found(kind, { afterSeq, ...found });
}

function sampleOf({ view }: ReportedConsumer, stream: ReportedStream | undefined): LagSample {
  return {
    timeMs: msOf(view.time) ?? 0,
    backlog: view.backlog,
    inFlight: view.inFlight,
    redelivered: view.redelivered,
    waiting: view.waiting,
    deliveredStreamSeq: view.deliveredStreamSeq,
    deliveredConsumerSeq: view.deliveredConsumerSeq,
    ackFloorStreamSeq: view.ackFloorStreamSeq,
    firstSeq: stream?.view.firstSeq ?? 0,
    lastSeq: stream?.view.lastSeq ?? 0,
  };
}

const placeKey = ({ stream, consumer, afterSeq }: DeliveryPlace): string =>
  JSON.stringify([stream, consumer, afterSeq]);

const traitsOf = ({ view, isAcked }: ReportedConsumer): ConsumerTraits => ({
  mode: view.mode,
  isAcked,
  isPaused: view.isPaused,
  isFiltered: view.filterSubjects.length > 0,
  maxAckPending: view.maxAckPending,
});

/** Unix ms with the fraction; null for null. */
function msOf(ns: string | null): number | null {
  return ns === null ? null : Number(BigInt(ns) / 1000n) / 1000;
}
