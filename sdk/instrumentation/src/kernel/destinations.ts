import { isPattern, subjectMatches, subjectPattern } from '@hopline/model';
import type { Destination } from './destination.ts';

/** Bounds the memory of a process that uses ever new subjects. */
const KNOWN_MAX = 2000;
const STREAM_SUBJECTS_MAX = 500;

/**
 * Finds the low-cardinality form of subjects. The first of these that fits: a rule of the user, the pattern
 * of the subscription or filter, a subject of a stream that says with `*` where ids stand, else the
 * subject with its ids collapsed.
 */
export class Destinations {
  /** Answers are pure until rules or stream subjects change: finding one costs more than a publish. */
  readonly #known = new Map<string | undefined, Map<string, Destination>>();
  #knownCount = 0;
  /** Another one when answers given so far may be wrong. */
  version = 0;
  #rules: readonly string[] = [];
  readonly #streamSubjects = new Set<string>();

  /** Patterns of the user, the first that matches counts. */
  useRules(rules: readonly string[]): void {
    this.#rules = rules;
    this.#forget();
  }

  /** What the server told of a stream. Those that end in `>`, or name one subject, say too little. */
  learnStream(subjects: readonly unknown[]): void {
    for (const subject of subjects) {
      if (typeof subject !== 'string' || subject.endsWith('>') || !isPattern(subject)) continue;
      if (this.#streamSubjects.has(subject)) continue;
      if (this.#streamSubjects.size >= STREAM_SUBJECTS_MAX) return;
      this.#streamSubjects.add(subject);
      this.#forget();
    }
  }

  /** `subscription` is the pattern that the message came in by, when there is one. Not for change. */
  of(subject: string, subscription?: string): Destination {
    let subjects = this.#known.get(subscription);
    const known = subjects?.get(subject);
    if (known) return known;
    if (this.#knownCount >= KNOWN_MAX) {
      this.#forget();
      subjects = undefined;
    }
    if (!subjects) {
      subjects = new Map();
      this.#known.set(subscription, subjects);
    }
    const destination = this.#find(subject, subscription);
    subjects.set(subject, destination);
    this.#knownCount += 1;
    return destination;
  }

  /** What a pull asks for: one subject, the subjects of a filter, or all of a stream. */
  ofBatch(filter: string | undefined, stream: string): Destination {
    if (filter !== undefined && !isPattern(filter)) return this.of(filter);
    return { template: filter ?? stream, temporary: false };
  }

  #find(subject: string, subscription: string | undefined): Destination {
    const template = this.#templateOf(subject, subscription);
    return template === subject
      ? { name: subject, temporary: false }
      : { name: subject, template, temporary: false };
  }

  #templateOf(subject: string, subscription: string | undefined): string {
    const rule = this.#rules.find((pattern) => subjectMatches(pattern, subject));
    if (rule !== undefined) return rule;
    if (subscription !== undefined && isPattern(subscription)) return subscription;
    for (const pattern of this.#streamSubjects) {
      if (subjectMatches(pattern, subject)) return pattern;
    }
    return subjectPattern(subject);
  }

  #forget(): void {
    this.version += 1;
    this.#known.clear();
    this.#knownCount = 0;
  }
}
