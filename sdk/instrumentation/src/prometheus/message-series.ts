import { DURATION_BOUNDARIES_S } from '../kernel/metrics.ts';
import type { MessageObserver } from '../observers/hub.ts';

/** The label of all subjects over the bound. */
export const OTHER_SUBJECTS = '_other';

interface Histogram {
  /** One more than the boundaries: the last is for everything above. */
  buckets: number[];
  count: number;
  sum: number;
}

/** Series by subject, at most `maxSubjects` of them: whatever comes later is counted together. */
export class MessageSeries implements MessageObserver {
  readonly published = new Map<string, number>();
  readonly receivedBySubject = new Map<string, number>();
  readonly processing = new Map<string, Histogram>();
  readonly #subjects = new Set<string>();
  readonly #maxSubjects: number;

  constructor(maxSubjects: number) {
    this.#maxSubjects = maxSubjects;
  }

  sent(subject: string, messages: number): void {
    add(this.published, this.#label(subject), messages);
  }

  received(subject: string): void {
    add(this.receivedBySubject, this.#label(subject), 1);
  }

  processed(subject: string, seconds: number): void {
    const label = this.#label(subject);
    let histogram = this.processing.get(label);
    if (!histogram) {
      histogram = { buckets: Array(DURATION_BOUNDARIES_S.length + 1).fill(0), count: 0, sum: 0 };
      this.processing.set(label, histogram);
    }
    const at = DURATION_BOUNDARIES_S.findIndex((boundary) => seconds <= boundary);
    const bucket = at < 0 ? DURATION_BOUNDARIES_S.length : at;
    histogram.buckets[bucket] = (histogram.buckets[bucket] ?? 0) + 1;
    histogram.count += 1;
    histogram.sum += seconds;
  }

  #label(subject: string): string {
    if (this.#subjects.has(subject)) return subject;
    if (this.#subjects.size >= this.#maxSubjects) return OTHER_SUBJECTS;
    this.#subjects.add(subject);
    return subject;
  }
}

function add(series: Map<string, number>, label: string, value: number): void {
  series.set(label, (series.get(label) ?? 0) + value);
}
