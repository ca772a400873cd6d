import type { Signal } from '@hopline/model';
import type { Counter, Histogram, Metrics } from './metrics.ts';

const DURATION_BOUNDS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Totals since the start, for the status page. */
export interface IntakeTotals {
  accepted: Readonly<Record<Signal, number>>;
  rejected: Readonly<Record<Signal, number>>;
}

/** Counts what the intake tells of itself. */
export class IntakeMetrics {
  readonly #accepted: Counter;
  readonly #rejected: Counter;
  readonly #refused: Counter;
  readonly #stored: Counter;
  readonly #setAside: Counter;
  readonly #troubles: Counter;
  readonly #insertSeconds: Histogram;
  readonly #totals = { accepted: zeros(), rejected: zeros() };

  constructor(metrics: Metrics) {
    this.#accepted = metrics.counter(
      'hopline_intake_accepted_items_total',
      'Spans, log records, data points and rows that are in the journal.',
    );
    this.#rejected = metrics.counter(
      'hopline_intake_rejected_items_total',
      'Items left out of an accepted request (partial success).',
    );
    this.#refused = metrics.counter(
      'hopline_intake_refused_requests_total',
      'Requests that were not taken.',
    );
    this.#stored = metrics.counter('hopline_store_inserted_items_total', 'Items in the store.');
    this.#setAside = metrics.counter(
      'hopline_journal_set_aside_total',
      'Records that the engine refused; they are kept beside the journal.',
    );
    this.#troubles = metrics.counter(
      'hopline_intake_troubles_total',
      'Failures of disk or engine that are tried again.',
    );
    this.#insertSeconds = metrics.histogram(
      'hopline_store_insert_duration_seconds',
      'Time to store one segment.',
      DURATION_BOUNDS_SECONDS,
    );
  }

  get totals(): IntakeTotals {
    return this.#totals;
  }

  accepted(door: string, signal: Signal, items: number): void {
    this.#accepted.add({ door, signal }, items);
    this.#totals.accepted[signal] += items;
  }

  rejected(
    door: string,
    signal: Signal,
    rejections: readonly { reason: string; count: number }[],
  ): void {
    for (const { reason, count } of rejections) {
      this.#rejected.add({ door, signal, reason }, count);
      this.#totals.rejected[signal] += count;
    }
  }

  refused(door: string, refusal: string): void {
    this.#refused.add({ door, refusal });
  }

  stored(signal: Signal, items: number, durationMs: number): void {
    this.#stored.add({ signal }, items);
    this.#insertSeconds.observe({ signal }, durationMs / 1000);
  }

  setAside(signal: Signal): void {
    this.#setAside.add({ signal });
  }

  trouble(): void {
    this.#troubles.add({});
  }
}

const zeros = (): Record<Signal, number> => ({
  traces: 0,
  logs: 0,
  metrics: 0,
  hops: 0,
  advisories: 0,
  assets: 0,
  events: 0,
});
