import type { Fate, UnixNs } from '@hopline/model';
import type { MessagesQuery, MessagesResponse } from '@hopline/model/api';
import type { Counter, Metrics } from '../telemetry/metrics.ts';

export interface FateSource {
  /** A page of messages, newest first. */
  messages: (query: MessagesQuery) => Promise<MessagesResponse>;
  now: () => UnixNs;
  /** Age at which a message has the fate that is counted. */
  settledAfterNs: bigint;
}

const PAGE = 500;
/** Of one pass: a busy system is counted in several. */
const MAX_STRETCH_NS = 30_000_000_000n;
/** Who is further behind than this leaves out what lies between: figures of an hour ago help nobody. */
const MAX_BEHIND_NS = 600_000_000_000n;
/** Pairs of producer and subject with series of their own. */
const MAX_FLOWS = 500;
const NS_PER_SECOND = 1e9;

/**
 * Counts every message once by its fate, when it is old enough that this will hardly change. Begins with
 * the messages published from its own start on.
 */
export class FateCounter {
  readonly #source: FateSource;
  readonly #fates: Counter;
  /** Messages published before are counted. */
  #until: UnixNs;
  #skippedNs = 0n;
  readonly #flows = new Set<string>();

  constructor(source: FateSource, metrics: Metrics) {
    this.#source = source;
    this.#until = source.now();
    this.#fates = metrics.counter(
      'hopline_messages_total',
      'Messages by what became of them, counted once they are old enough to tell.',
    );
    metrics.gauge('hopline_messages_behind_seconds', 'Age of the newest counted message.', () =>
      seconds(source.now() - this.#until),
    );
    metrics.counted(
      'hopline_messages_skipped_seconds_total',
      'Stretches whose messages were not counted because there were too many.',
      () => seconds(this.#skippedNs),
    );
  }

  /** Counts one stretch; true when there is more to count at once. Throws StoreError and counts nothing. */
  async pass(): Promise<boolean> {
    const settled = (this.#source.now() - this.#source.settledAfterNs) as UnixNs;
    if (settled <= this.#until) return false;
    if (settled - this.#until > MAX_BEHIND_NS) {
      this.#skippedNs += settled - this.#until - MAX_BEHIND_NS;
      this.#until = (settled - MAX_BEHIND_NS) as UnixNs;
    }
    const from = this.#until;
    const to = (settled - from > MAX_STRETCH_NS ? from + MAX_STRETCH_NS : settled) as UnixNs;
    const counts = await this.#read(from, to);
    for (const { labels, count } of counts) this.#fates.add(this.#bounded(labels), count);
    this.#until = to;
    return to < settled;
  }

  /** Subjects are patterns, but who knows of how many. */
  #bounded({ producer, subject, fate }: Counted['labels']): Counted['labels'] {
    const flow = `${producer}\n${subject}`;
    if (this.#flows.size < MAX_FLOWS) this.#flows.add(flow);
    return this.#flows.has(flow)
      ? { producer, subject, fate }
      : { producer: 'others', subject: 'others', fate };
  }

  async #read(from: UnixNs, to: UnixNs): Promise<Counted[]> {
    const counts = new Map<string, Counted>();
    // Both ends of a range belong to it.
    const range = { from: `${from}`, to: `${to - 1n}`, limit: PAGE };
    for (let cursor: string | undefined; ; ) {
      const page = await this.#source.messages({ ...range, cursor });
      for (const { producer, subjectPattern, outcome } of page.messages) {
        const labels = { producer, subject: subjectPattern, fate: outcome };
        const key = JSON.stringify(labels);
        const known = counts.get(key);
        if (known) known.count++;
        else counts.set(key, { labels, count: 1 });
      }
      if (page.next === null) return [...counts.values()];
      cursor = page.next;
    }
  }
}

interface Counted {
  labels: { producer: string; subject: string; fate: Fate };
  count: number;
}

const seconds = (ns: bigint): number => Number(ns) / NS_PER_SECOND;
