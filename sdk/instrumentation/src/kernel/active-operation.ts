import type { Attributes, Context, HrTime, Span } from '@opentelemetry/api';

/** One operation under way: its span, and its duration as a metric. */
export interface ActiveOperation {
  span: Span;
  /** Active inside the operation. */
  context: Context;
  startedAt: HrTime;
  /** The same in Unix milliseconds. */
  readonly startedMs: number;
  /** What its metrics say; not for change. */
  readonly metricAttributes: Attributes;
  /** Ends the operation once; later calls do nothing. */
  end(outcome?: { error?: unknown; at?: HrTime }): void;
}
