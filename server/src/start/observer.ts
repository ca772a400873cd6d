import type { IntakeObserver } from '../intake/observer.ts';
import type { IntakeMetrics } from '../telemetry/intake-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';

interface Parts {
  metrics: IntakeMetrics;
  log: Logger;
  /** Rows of a signal can be asked for. */
  onStored: IntakeObserver['stored'];
}

/** The same trouble is logged once in so long: a full disk fails every request. */
const REPEAT_MS = 10_000;

/** Passes what the intake tells on to metrics, log and live feed. */
export function intakeObserver({ metrics, log, onStored }: Parts): IntakeObserver {
  const loggedAt = new Map<string, number>();
  return {
    accepted: (door, signal, items) => metrics.accepted(door, signal, items),
    rejected: (door, signal, rejections) => {
      metrics.rejected(door, signal, rejections);
      log.debug({ door, signal, rejections }, 'items rejected');
    },
    refused: (door, refusal, reason) => {
      metrics.refused(door, refusal);
      log.debug({ door, refusal, reason }, 'request refused');
    },
    stored: (signal, items, durationMs) => {
      metrics.stored(signal, items, durationMs);
      onStored(signal, items, durationMs);
    },
    setAside: (signal, path, reason) => {
      metrics.setAside(signal);
      log.error({ signal, path, reason }, 'the engine refuses a request; it is kept aside');
    },
    trouble: (what, error) => {
      metrics.trouble();
      const kind = error instanceof Error ? error.name : 'Error';
      const now = performance.now();
      if (now - (loggedAt.get(kind) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
      loggedAt.set(kind, now);
      log.warn({ err: error }, what);
    },
  };
}
