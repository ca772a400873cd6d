import type { MsgHdrs } from '@nats-io/nats-core';
import type { DropReason, PublishOutcome } from './outcome.ts';

export interface PublishOptions {
  headers?: MsgHdrs;
  /** Becomes `Nats-Msg-Id`. Default: a random UUID with JetStream, none without. */
  messageId?: string;
}

export interface PublisherStats {
  readonly buffered: number;
  readonly bufferedBytes: number;
  readonly acknowledged: number;
  /** Of the acknowledged: those that the stream already had. */
  readonly duplicates: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Calls of `publish` that threw `BufferFull`; these messages are in no other count. */
  readonly bufferFull: number;
  readonly refused: number;
  readonly uncertain: number;
  /** Sendings beyond the first. */
  readonly resent: number;
}

/** Publishes in order, keeps what cannot be sent now, and says what became of each message. */
export interface Publisher extends AsyncDisposable {
  /**
   * Resolves with what became of the message, and never rejects: it need not be awaited. Until then the
   * payload must not be changed: it may have to be sent again. Without JetStream messages that are
   * published in one go share one promise.
   * Throws `BufferFull` at once when the policy is to refuse, and `TypeError` on a bad subject.
   */
  publish(
    subject: string,
    data?: Uint8Array | string,
    options?: PublishOptions,
  ): Promise<PublishOutcome>;
  /** Until everything published so far has its outcome, or the deadline. Gives how many have none. */
  flush(options?: { deadlineMs?: number }): Promise<{ pending: number }>;
  readonly stats: PublisherStats;
  /** Flushes, then drops what is left. */
  close(options?: { deadlineMs?: number }): Promise<void>;
}

export const MESSAGE_ID = 'Nats-Msg-Id';
