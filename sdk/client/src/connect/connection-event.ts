import type { ReconnectGaveUp } from '../errors.ts';
import type { Attempt } from './attempt.ts';

/**
 * `lame duck`: connected, but the server said that it is shutting down. `closed` is final; every other
 * state can follow every other, except that `connecting` is only the first.
 */
export const CONNECTION_STATES = [
  'connecting',
  'connected',
  'reconnecting',
  'lame duck',
  'closed',
] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

export type ConnectionEvent =
  | {
      type: 'state';
      from: ConnectionState;
      to: ConnectionState;
      /** Host and port of the server that this is about, where there is one. */
      server?: string;
      /** How long the connection was away, when `to` is `connected`. */
      outageMs?: number;
    }
  /** A dial is about to be made, after its delay. */
  | { type: 'attempt'; attempt: Attempt }
  /** The alert: nobody will try again. Followed by the state `closed`. */
  | { type: 'gave up'; error: ReconnectGaveUp }
  /** A subscription's callback threw or rejected; without the guard the connection would be deaf now. */
  | { type: 'callback failed'; subject: string; error: Error }
  /** The credentials' source threw; the last ones that it gave are used. */
  | { type: 'credentials failed'; error: Error }
  /** The server refused something: permissions, authentication. */
  | { type: 'server error'; error: Error }
  /** More messages wait for this subscription than it said that it can bear. */
  | { type: 'slow consumer'; subject: string; pending: number };

export type ConnectionListener = (event: ConnectionEvent) => void;

/** Calls every listener; one that throws harms nobody else. */
export class ConnectionListeners {
  readonly #listeners = new Set<ConnectionListener>();
  readonly #onThrow: (thrown: unknown) => void;

  constructor(onThrow: (thrown: unknown) => void) {
    this.#onThrow = onThrow;
  }

  add(listener: ConnectionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: ConnectionEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (thrown) {
        this.#onThrow(thrown);
      }
    }
  }
}
