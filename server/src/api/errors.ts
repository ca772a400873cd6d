import {
  QueryFailed,
  QueryTimeout,
  QueryTooLarge,
  StoreError,
  StoreUnavailable,
} from '../store/store.ts';

/** The request itself cannot be answered: a field and its value are named. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/** What was asked for is not stored. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** No more clients of this kind are served at once. */
export class TooManyClients extends Error {
  override readonly name = 'TooManyClients';
}

export interface ErrorAnswer {
  status: number;
  /** Stable, see docs/errors.md. */
  code: string;
  /** Seconds after which the same request may succeed. */
  retryAfterSeconds?: number;
}

type ErrorKind = abstract new (...args: never[]) => Error;

/** What the border answers for each kind of error; subclasses before their base. */
const ANSWERS: readonly (readonly [ErrorKind, ErrorAnswer])[] = [
  [BadRequest, { status: 400, code: 'bad_request' }],
  [NotFound, { status: 404, code: 'not_found' }],
  [TooManyClients, { status: 503, code: 'too_many_clients', retryAfterSeconds: 5 }],
  [StoreUnavailable, { status: 503, code: 'store_unavailable', retryAfterSeconds: 2 }],
  [QueryTimeout, { status: 504, code: 'query_timeout' }],
  [QueryTooLarge, { status: 413, code: 'query_too_large' }],
  [QueryFailed, { status: 500, code: 'query_failed' }],
  [StoreError, { status: 500, code: 'store_error' }],
];

const INTERNAL: ErrorAnswer = { status: 500, code: 'internal' };

/** The answer to `error`, and whether its message is fit for the client. */
export function answerTo(error: unknown): ErrorAnswer & { isOurs: boolean } {
  const found = ANSWERS.find(([kind]) => error instanceof kind);
  return found ? { ...found[1], isOurs: true } : { ...INTERNAL, isOurs: false };
}
