import type { ConsumerConfig, JetStreamClient } from '@nats-io/jetstream';
import type { Meter } from '@opentelemetry/api';
import { type Backoff, exponentialFullJitter, guardedBackoff } from '../connect/backoff.ts';
import type { Connection } from '../connect/connection.ts';
import { guarded, type Log, SILENT } from '../log.ts';
import type { ConsumeEvent } from './consume-event.ts';
import { type ConsumerMetrics, UNMEASURED } from './consumer-metrics.ts';
import { logConsumer } from './log-consumer.ts';
import type { Handled, Handler } from './outcome.ts';
import type { SeenIds } from './seen-ids.ts';

export type ConsumerConnection = Pick<Connection, 'nc' | 'name' | 'closed' | 'beforeDrain'>;

export interface ConsumeOptions {
  jetstream: JetStreamClient;
  stream: string;
  /** A durable pull consumer with explicit acknowledgement. */
  consumer: string;
  handler: Handler;
  /**
   * Creates the consumer when it is missing, at the start or later. A consumer that was deleted has
   * forgotten what was acknowledged: use `seen`, or a start in `config`.
   */
  config?: Partial<ConsumerConfig>;
  /** Handlers at once. Default 10. */
  concurrency?: number;
  /**
   * Messages that are kept ready for handlers that become free; none of them is delivered to anyone else
   * meanwhile. Default 100, as with nats.js. 0: nothing is fetched beyond `concurrency`, what waits, waits in the
   * stream; for handlers that take long, with several processes to share the work.
   */
  prefetch?: number;
  /** Deliveries of one message before it is a dead letter. Default 5. */
  maxAttempts?: number;
  /** Between the attempts of a message, and between restarts. Default full jitter, 0–1 s to 0–60 s. */
  backoff?: Backoff;
  /** Where dead letters go: a subject that a stream stores. Without it they are only terminated. */
  deadLetterSubject?: string;
  /** Default: none, at least once. */
  seen?: SeenIds;
  /** Until running handlers must have ended after `stop`. Default 30 000. */
  stopTimeoutMs?: number;
  /** Until an empty fetch is repeated. Default 5 000, at least 1 000. */
  fetchMs?: number;
  onEvent?: (event: ConsumeEvent) => void;
  /** Restarts, retries and dead letters. Default: none. */
  log?: Log;
  /** Default: the global one of `@opentelemetry/api`, where that is installed. */
  meter?: Meter;
}

export type ConsumeSettings = Required<
  Omit<ConsumeOptions, 'config' | 'deadLetterSubject' | 'seen' | 'meter'>
> &
  Pick<ConsumeOptions, 'config' | 'deadLetterSubject' | 'seen' | 'meter'> & {
    /** Known before the first message is. */
    metrics: ConsumerMetrics;
    /** By id, what is being handled here; kept only where ids are. */
    readonly inHand: Map<string, Promise<Handled>>;
  };

export function withDefaults(options: ConsumeOptions): ConsumeSettings {
  const { log = SILENT } = options;
  const writeLine = logConsumer(log, options.consumer);
  const tell = guarded(options.onEvent, log, 'onEvent');
  return {
    concurrency: 10,
    prefetch: 100,
    maxAttempts: 5,
    stopTimeoutMs: 30_000,
    fetchMs: 5_000,
    ...options,
    backoff: guardedBackoff(
      options.backoff ?? exponentialFullJitter({ baseMs: 1_000, capMs: 60_000 }),
      log,
    ),
    metrics: UNMEASURED,
    inHand: new Map(),
    log,
    onEvent: (event) => {
      writeLine(event);
      tell(event);
    },
  };
}
