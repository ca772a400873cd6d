import type { NatsConnection } from '@nats-io/transport-node';
import type { Attempt } from './attempt.ts';
import type { ConnectionListener, ConnectionState } from './connection-event.ts';

export type DrainPhase = 'intake' | 'output';

/** A connection of nats.js that is looked after. */
export interface Connection extends AsyncDisposable {
  /** The connection itself: give it to `jetstream(nc)`, `new Kvm(nc)`, or use it as ever. */
  readonly nc: NatsConnection;
  readonly name: string;
  readonly state: ConnectionState;
  /** The dials since the connection was last stable, at most 100, oldest first. */
  readonly history: readonly Attempt[];
  /** Resolves after the state became `closed`, with what closed it unless it was asked for. */
  readonly closed: Promise<Error | undefined>;
  /** Returns the undo. */
  onEvent(listener: ConnectionListener): () => void;
  /** Dials again with the credentials of this moment; what was sent before is flushed first. */
  reauthenticate(): Promise<void>;
  /**
   * What must end before the connection does. `intake`: what takes messages in, ended first; then the
   * subscriptions are drained; then `output`: what handlers may have sent to until now. Returns the undo.
   */
  beforeDrain(phase: DrainPhase, work: () => Promise<void>): () => void;
  /** Handles what has arrived, sends what is pending, then closes; after `drainTimeoutMs` just closes. */
  drain(): Promise<void>;
  close(): Promise<void>;
}
