import type { JetStreamClient } from '@nats-io/jetstream';
import type { Meter } from '@opentelemetry/api';
import { type Backoff, exponentialFullJitter, guardedBackoff } from '../connect/backoff.ts';
import type { Connection } from '../connect/connection.ts';
import type { ConnectionState } from '../connect/connection-event.ts';
import { guarded, type Log, SILENT } from '../log.ts';
import type { DropReason } from './outcome.ts';

/** What a publisher needs of a connection. */
export type PublisherConnection = Pick<
  Connection,
  'nc' | 'name' | 'state' | 'onEvent' | 'beforeDrain'
>;

/** Messages can be sent. */
export function isUp(state: ConnectionState): boolean {
  return state === 'connected' || state === 'lame duck';
}

export interface PublisherOptions {
  /** In metrics. Default `publisher`; a second one of the same connection gets `-2` behind it. */
  name?: string;
  /** Publish to streams, and be acknowledged by them. Without it by the server alone, at least once. */
  jetstream?: JetStreamClient;
  /** Default 10 000. */
  maxMessages?: number;
  /** Subjects, headers and payloads together. Default 64 MiB. */
  maxBytes?: number;
  /** How long a message may wait for its first sending. Default 5 minutes. */
  maxAgeMs?: number;
  /** Default `refuse`: `publish` throws `BufferFull`, and the caller knows. */
  whenFull?: 'drop-oldest' | 'drop-newest' | 'refuse';
  /**
   * Messages on the way to a stream at once. Default 1: the order is kept whatever happens. More is
   * faster, and the order still survives lost connections, but not the change of a stream's leader.
   * Without JetStream the order always holds, and only `maxMessages` and `maxBytes` bound what is not
   * confirmed yet.
   */
  maxInFlight?: number;
  /** Until a sending to a stream counts as unanswered. Default 5 000. */
  ackTimeoutMs?: number;
  /** Between sendings of one message. Default full jitter, from 0–100 ms to 0–2 s. */
  backoff?: Backoff;
  /**
   * The stream's `duplicate_window`: a message is sent again only within it, so never stored twice.
   * Default 2 minutes, as servers have it. Infinity: send until acknowledged, twice if need be.
   */
  duplicateWindowMs?: number;
  /** Default: the global one of `@opentelemetry/api`, where that is installed. */
  meter?: Meter;
  /** Each message that was dropped. */
  onDrop?: (drop: Drop) => void;
  /** Hears of an `onDrop` that throws. Default: none. */
  log?: Log;
}

export interface Drop {
  readonly subject: string;
  readonly messageId?: string;
  readonly reason: DropReason;
}

export type PublisherSettings = Required<Omit<PublisherOptions, 'jetstream' | 'meter' | 'name'>>;

export function withDefaults(options: PublisherOptions): PublisherSettings {
  const stored = options.jetstream !== undefined;
  const { log = SILENT } = options;
  return {
    maxMessages: 10_000,
    maxBytes: 64 * 1024 * 1024,
    maxAgeMs: 5 * 60_000,
    whenFull: 'refuse',
    maxInFlight: 1,
    ackTimeoutMs: 5_000,
    duplicateWindowMs: stored ? 120_000 : Number.POSITIVE_INFINITY,
    ...options,
    backoff: guardedBackoff(
      options.backoff ?? exponentialFullJitter({ baseMs: 100, capMs: 2_000 }),
      log,
    ),
    log,
    onDrop: guarded(options.onDrop, log, 'onDrop'),
  };
}
