import { type SpanContext, TraceFlags } from '@opentelemetry/api';

/** One measurement of a bucket, and the trace that shows what was measured. */
export interface Exemplar {
  traceId: string;
  spanId: string;
  value: number;
  /** Unix milliseconds. */
  atMs: number;
}

export interface Distribution {
  /** One more than the boundaries: the last is for everything above. */
  buckets: number[];
  /** The latest of each bucket whose span was kept. */
  exemplars: (Exemplar | undefined)[];
  count: number;
  sum: number;
}

/** A histogram with one label. */
export class SubjectHistogram {
  readonly boundaries: readonly number[];
  readonly bySubject = new Map<string, Distribution>();

  constructor(boundaries: readonly number[]) {
    this.boundaries = boundaries;
  }

  record(subject: string, value: number, span?: SpanContext): void {
    const distribution = this.#of(subject);
    const found = this.boundaries.findIndex((boundary) => value <= boundary);
    const bucket = found < 0 ? this.boundaries.length : found;
    distribution.buckets[bucket] = (distribution.buckets[bucket] ?? 0) + 1;
    distribution.count += 1;
    distribution.sum += value;
    if (!span || !(span.traceFlags & TraceFlags.SAMPLED)) return;
    const { traceId, spanId } = span;
    distribution.exemplars[bucket] = { traceId, spanId, value, atMs: Date.now() };
  }

  #of(subject: string): Distribution {
    let distribution = this.bySubject.get(subject);
    if (!distribution) {
      const buckets = Array<number>(this.boundaries.length + 1).fill(0);
      distribution = { buckets, exemplars: [], count: 0, sum: 0 };
      this.bySubject.set(subject, distribution);
    }
    return distribution;
  }
}
