import type { Context, HrTime, Span } from '@opentelemetry/api';

/** One operation under way: its span, and its duration as a metric. */
export interface ActiveOperation {
  span: Span;
  /** Active inside the operation. */
  context: Context;
  startedAt: HrTime;
  /** Ends the operation once; later calls do nothing. */
  end(outcome?: { error?: unknown; at?: HrTime }): void;
}
