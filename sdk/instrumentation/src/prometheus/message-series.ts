import type { Attributes, SpanContext } from '@opentelemetry/api';
import { Backlogs } from '../kernel/backlogs.ts';
import {
  bufferSeconds,
  type DeliveredMessage,
  queueSeconds,
  transitSeconds,
} from '../kernel/delivered-message.ts';
import { SIZE_BOUNDARIES_BYTES, WAIT_BOUNDARIES_S } from '../kernel/message-metrics.ts';
import { DURATION_BOUNDARIES_S } from '../kernel/metrics.ts';
import type { MessageObserver } from '../observers/hub.ts';
import { SubjectHistogram } from './subject-histogram.ts';

/** The label of all subjects over the bound. */
export const OTHER_SUBJECTS = '_other';

/** Series by subject, at most `maxSubjects` of them: whatever comes later is counted together. */
export class MessageSeries implements MessageObserver {
  readonly published = new Map<string, number>();
  readonly receivedBySubject = new Map<string, number>();
  readonly redelivered = new Map<string, number>();
  readonly processing = new SubjectHistogram(DURATION_BOUNDARIES_S);
  readonly queue = new SubjectHistogram(WAIT_BOUNDARIES_S);
  readonly buffer = new SubjectHistogram(WAIT_BOUNDARIES_S);
  readonly transit = new SubjectHistogram(WAIT_BOUNDARIES_S);
  readonly sentSizes = new SubjectHistogram(SIZE_BOUNDARIES_BYTES);
  readonly receivedSizes = new SubjectHistogram(SIZE_BOUNDARIES_BYTES);
  readonly backlogs = new Backlogs();
  readonly #subjects = new Set<string>();
  readonly #maxSubjects: number;

  constructor(maxSubjects: number) {
    this.#maxSubjects = maxSubjects;
  }

  sent(subject: string, messages: number): void {
    add(this.published, this.#label(subject), messages);
  }

  sentSize(subject: string, sizeBytes: number): void {
    this.sentSizes.record(this.#label(subject), sizeBytes);
  }

  received(subject: string): void {
    add(this.receivedBySubject, this.#label(subject), 1);
  }

  delivered(subject: string, message: DeliveredMessage, attributes: Attributes): void {
    const label = this.#label(subject);
    const span = message.span.spanContext();
    this.receivedSizes.record(label, message.sizeBytes);
    for (const [histogram, seconds] of [
      [this.buffer, bufferSeconds(message)],
      [this.transit, transitSeconds(message)],
      [this.queue, queueSeconds(message)],
    ] as const) {
      if (seconds !== undefined) histogram.record(label, seconds, span);
    }
    const { metadata } = message;
    if (!metadata) return;
    if (metadata.deliveryCount > 1) add(this.redelivered, label, 1);
    this.backlogs.note(metadata, attributes);
  }

  processed(subject: string, seconds: number, span: SpanContext): void {
    this.processing.record(this.#label(subject), seconds, span);
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
