import type { Attempt } from './connect/attempt.ts';

/** Every server was tried as often as allowed. Carries what was tried, oldest first. */
export class ReconnectGaveUp extends Error {
  readonly code = 'reconnect_gave_up';
  /** The last attempts (at most 100), oldest first. */
  readonly history: readonly Attempt[];
  readonly attempts: number;

  constructor(attempts: number, history: readonly Attempt[]) {
    const servers = [...new Set(history.map((attempt) => attempt.server))].join(', ');
    super(`cannot reconnect to ${servers || 'any server'}: gave up after ${attempts} attempts`);
    this.name = 'ReconnectGaveUp';
    this.attempts = attempts;
    this.history = history;
  }
}

/** The connection was closed by its owner. */
export class ConnectionClosed extends Error {
  readonly code = 'connection_closed';

  constructor(name: string) {
    super(`cannot use connection ${name}: it is closed`);
    this.name = 'ConnectionClosed';
  }
}

/** The buffer is full and its policy is to refuse. */
export class BufferFull extends Error {
  readonly code = 'buffer_full';

  constructor(subject: string, limit: string) {
    super(`cannot publish to ${subject}: the buffer holds its ${limit}`);
    this.name = 'BufferFull';
  }
}

/** Anything may be thrown; whoever reports it deserves an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
