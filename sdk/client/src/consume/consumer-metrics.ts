import { ATTR } from '@hopline/model';
import type { Meter } from '@opentelemetry/api';
import type { Handled } from './outcome.ts';

/** What a consumer tells about itself while it runs. Several of one name add up. */
export interface ConsumerMetrics {
  settled(outcome: Handled): void;
  /** `error` where it threw. */
  handlerEnded(durationMs: number, error: Error | undefined): void;
  /** A handler that takes time began (1) or ended (-1). */
  running(change: 1 | -1): void;
  restarted(): void;
}

const nothing = (): void => {};
export const UNMEASURED: ConsumerMetrics = {
  settled: nothing,
  handlerEnded: nothing,
  running: nothing,
  restarted: nothing,
};

export function measureConsumer(
  meter: Meter,
  about: { connection: string; stream: string; consumer: string },
): ConsumerMetrics {
  const base = {
    [ATTR.connectionName]: about.connection,
    [ATTR.stream]: about.stream,
    [ATTR.consumer]: about.consumer,
  };
  const messages = meter.createCounter('messaging.nats.consume.messages', {
    unit: '{message}',
    description: 'Deliveries, by what became of them.',
  });
  const failures = meter.createCounter('messaging.nats.consume.failures', {
    unit: '{failure}',
    description: 'Handlers that threw, by the name of what they threw.',
  });
  const running = meter.createUpDownCounter('messaging.nats.consume.running', {
    unit: '{message}',
    description: 'Messages that handlers have in hand.',
  });
  const restarts = meter.createCounter('messaging.nats.consume.restarts', {
    unit: '{restart}',
    description: 'Times that a consumer was missing or silent, and was opened again.',
  });
  const duration = meter.createHistogram('messaging.nats.consume.handler.duration', {
    unit: 's',
    description: 'From the call of a handler to its end, however it ends.',
    advice: {
      explicitBucketBoundaries: [
        0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
      ],
    },
  });
  const outcomes = new Map<Handled, Record<string, string>>();
  for (const each of ['handled', 'duplicate', 'retried', 'dead lettered'] as const) {
    outcomes.set(each, { ...base, [ATTR.consumeOutcome]: each });
  }
  return {
    settled: (outcome) => messages.add(1, outcomes.get(outcome)),
    handlerEnded: (durationMs, error) => {
      duration.record(durationMs / 1_000, base);
      if (error !== undefined) failures.add(1, { ...base, [ATTR.errorType]: error.name });
    },
    running: (change) => running.add(change, base),
    restarted: () => restarts.add(1, base),
  };
}
