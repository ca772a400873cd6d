import type { Meter } from '@opentelemetry/api';

/** The application's meter; nothing where it has no OpenTelemetry API. */
export async function findMeter(): Promise<Meter | undefined> {
  try {
    const { metrics } = await import('@opentelemetry/api');
    return metrics.getMeter('@hopline/client');
  } catch {
    return undefined;
  }
}
