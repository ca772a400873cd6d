/** An answer that is not 2xx, or none at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  /** Stable code of the server's errors table; `unreachable` when there was no answer. */
  readonly code: string;

  constructor(message: string, options: { status: number; code: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'ApiError';
    this.status = options.status;
    this.code = options.code;
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }

  /** Asking again can help: no answer, overload, or a fault on the server's side. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** For `.catch`: what is not stored (yet) is an answer, not a failure. */
export function nullIfMissing(error: unknown): null {
  if (error instanceof ApiError && error.isNotFound) return null;
  throw error;
}

/** True for what the server does not take for the id of anything. */
export const isRefused = (error: Error | null): boolean =>
  error instanceof ApiError && error.status === 400;

/** True for what took too long: less of it is answered. */
export const isTimeout = (error: Error): boolean =>
  error instanceof ApiError && error.status === 504;
