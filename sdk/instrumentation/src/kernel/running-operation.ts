import { ATTR } from '@hopline/model';
import {
  type Attributes,
  type Context,
  type HrTime,
  type Span,
  SpanStatusCode,
} from '@opentelemetry/api';
import { elapsedSeconds } from './clock.ts';
import { errorType } from './error-type.ts';
import type { ActiveOperation, Kernel } from './kernel.ts';
import { contextWith } from './message-context.ts';
import { withError } from './metrics.ts';
import type { Operation } from './operations.ts';

export interface Running {
  kernel: Kernel;
  operation: Operation;
  parent: Context;
  span: Span;
  startedAt: HrTime;
  metricAttributes: Attributes;
}

/** One operation under way. A class, because a closure for each message costs more than its span. */
export class RunningOperation implements ActiveOperation {
  readonly span: Span;
  readonly startedAt: HrTime;
  readonly #kernel: Kernel;
  readonly #operation: Operation;
  readonly #parent: Context;
  readonly #metricAttributes: Attributes;
  #context: Context | undefined;
  #ended = false;

  constructor(running: Running) {
    this.span = running.span;
    this.startedAt = running.startedAt;
    this.#kernel = running.kernel;
    this.#operation = running.operation;
    this.#parent = running.parent;
    this.#metricAttributes = running.metricAttributes;
  }

  get context(): Context {
    this.#context ??= contextWith(this.#parent, this.span);
    return this.#context;
  }

  end(outcome?: { error?: unknown; at?: HrTime }): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      const at = outcome?.at ?? this.#kernel.clock.now();
      const failure = outcome !== undefined && 'error' in outcome;
      const type = failure ? errorType(outcome.error) : undefined;
      if (type !== undefined && this.span.isRecording()) {
        recordError(this.span, outcome?.error, { type, at });
      }
      this.span.end(at);
      this.#kernel.metrics.ended(
        this.#operation.type,
        elapsedSeconds(this.startedAt, at),
        withError(this.#metricAttributes, type),
      );
    } catch (error) {
      this.#kernel.report(error);
    }
  }
}

function recordError(span: Span, error: unknown, { type, at }: { type: string; at: HrTime }): void {
  span.setAttribute(ATTR.errorType, type);
  const message = error instanceof Error ? error.message : String(error);
  span.recordException(error instanceof Error ? error : message, at);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
