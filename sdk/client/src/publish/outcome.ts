/**
 * `oldest`, `newest`: the buffer was full. `age`: waited too long. `closed`: the publisher or the connection
 * ended before its turn. A dropped message was never sent.
 */
export type DropReason = 'oldest' | 'newest' | 'age' | 'closed';

export type PublishOutcome =
  /** The stream has it; or, without a stream, the server does. */
  | { outcome: 'acknowledged'; stream?: string; sequence?: number; duplicate: boolean }
  | { outcome: 'dropped'; reason: DropReason }
  /** The server said no, for good. It is not stored. */
  | { outcome: 'refused'; error: Error }
  /**
   * It was sent, no answer came, and the duplicate window is over: sending it again could store it twice.
   * Whether it is stored, only the stream can say.
   */
  | { outcome: 'uncertain'; error: Error };

/** What became of one sending of one message. */
export type SendResult =
  | (PublishOutcome & { outcome: 'acknowledged' | 'refused' })
  /** Worth another try. `mayBeStored`: nobody said that it is not. */
  | { outcome: 'retryable'; error: Error; mayBeStored: boolean };
