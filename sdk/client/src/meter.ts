import type { Meter } from '@opentelemetry/api';

/** The application's meter; none where it has no OpenTelemetry API, or no SDK behind it by now. */
export async function findMeter(): Promise<Meter | undefined> {
  try {
    const { createNoopMeter, metrics } = await import('@opentelemetry/api');
    const meter = metrics.getMeter('@hopline/client');
    return meter === createNoopMeter() ? undefined : meter;
  } catch {
    return undefined;
  }
}
