import type { Attributes, Context, Span } from '@opentelemetry/api';

/** One operation under way: its span, and its duration as a metric. */
export interface ActiveOperation {
  span: Span;
  /** Active inside the operation. */
  context: Context;
  /** Unix milliseconds. */
  readonly startedMs: number;
  /** What its metrics say; not for change. */
  readonly metricAttributes: Attributes;
  /** A process operation stays open until `work` has settled, and fails with it; others take no notice. */
  endNotBefore(work: Promise<unknown>): void;
  /** `end({ atMs })` without an object. */
  endAt(atMs: number): void;
  /** Ends the operation once; later calls do nothing. */
  end(outcome?: { error?: unknown; atMs?: number }): void;
}
