import { SpanStatusCode, trace } from '@opentelemetry/api';

/**
 * Tells the tracing that is around, if there is any, that the current work failed. The OpenTelemetry
 * API does nothing in a process without an SDK.
 */
export function markFailed(error: Error): void {
  const span = trace.getActiveSpan();
  span?.recordException(error);
  span?.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}
