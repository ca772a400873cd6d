import { ATTR, type OperationType } from '@hopline/model';
import {
  type Attributes,
  type Context,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { ActiveOperation } from './active-operation.ts';
import type { Clock } from './clock.ts';
import { errorType } from './error-type.ts';
import { contextWith } from './message-context.ts';
import { type MessagingMetrics, withError } from './metrics.ts';

/** What an operation needs of the kernel when it ends. */
export interface OperationKernel {
  readonly clock: Clock;
  readonly metrics: MessagingMetrics;
  report(error: unknown): void;
}

/** One operation under way. A class, because a closure for each message costs more than its span. */
export class RunningOperation implements ActiveOperation {
  readonly span: Span;
  readonly metricAttributes: Attributes;
  readonly startedMs: number;
  readonly #kernel: OperationKernel;
  readonly type: OperationType;
  readonly #parent: Context;
  #context: Context | undefined;
  #ended = false;
  /** Promises that its end has to wait for, whether it was to end, and the first failure of all. */
  #heldBy = 0;
  #asked = false;
  #failure: Outcome | undefined;

  constructor(kernel: OperationKernel, begun: Begun) {
    this.span = begun.span;
    this.#kernel = kernel;
    this.type = begun.type;
    this.#parent = begun.parent;
    this.metricAttributes = begun.metricAttributes;
    this.startedMs = begun.startedMs;
  }

  get context(): Context {
    this.#context ??=
      trace.getSpan(this.#parent) === this.span
        ? this.#parent
        : contextWith(this.#parent, this.span);
    return this.#context;
  }

  endNotBefore(work: Promise<unknown>): void {
    if (this.#ended || this.type !== 'process') return;
    this.#heldBy += 1;
    work.then(
      () => this.#release(undefined),
      (error) => this.#release({ error }),
    );
  }

  #release(failure: Outcome | undefined): void {
    this.#heldBy -= 1;
    this.#failure ??= failure;
    if (this.#asked && this.#heldBy === 0) this.end();
  }

  end(given?: Outcome): void {
    if (given === undefined) this.endAt(this.#kernel.clock.nowMs());
    else if (this.#mayEnd(given)) this.#close(this.#failure ?? given);
  }

  endAt(atMs: number): void {
    if (!this.#mayEnd(undefined)) return;
    if (this.#failure) this.#close({ atMs, ...this.#failure });
    else this.#finish(atMs, undefined);
  }

  /** Notes that the end was asked for; false when it has been, or has to wait. */
  #mayEnd(given: Outcome | undefined): boolean {
    if (this.#ended) return false;
    this.#failure ??= given && 'error' in given ? given : undefined;
    this.#asked = true;
    this.#ended = this.#heldBy === 0;
    return this.#ended;
  }

  #close(outcome: Outcome): void {
    const atMs = outcome.atMs ?? this.#kernel.clock.nowMs();
    const type = 'error' in outcome ? errorType(outcome.error) : undefined;
    this.#finish(atMs, type, outcome.error);
  }

  #finish(atMs: number, type: string | undefined, error?: unknown): void {
    const { span } = this;
    try {
      if (span.isRecording()) {
        if (type !== undefined) recordError(span, error, { type, atMs });
        span.end(atMs);
      }
      const seconds = (atMs - this.startedMs) / 1000;
      this.#kernel.metrics.ended(this, seconds, withError(this.metricAttributes, type));
    } catch (failure) {
      this.#kernel.report(failure);
    }
  }
}

interface Outcome {
  error?: unknown;
  atMs?: number;
}

export interface Begun {
  type: OperationType;
  span: Span;
  parent: Context;
  startedMs: number;
  metricAttributes: Attributes;
}

function recordError(
  span: Span,
  error: unknown,
  { type, atMs }: { type: string; atMs: number },
): void {
  span.setAttribute(ATTR.errorType, type);
  const message = error instanceof Error ? error.message : String(error);
  span.recordException(error instanceof Error ? error : message, atMs);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
