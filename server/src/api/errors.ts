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

/** The request is for a name that is not this server's. */
export class HostNotAllowed extends Error {
  override readonly name = 'HostNotAllowed';
}

/** What was asked for is not stored. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** The schema registry does not answer, and what was asked for is not known from before. */
export class SchemasUnavailable extends Error {
  override readonly name = 'SchemasUnavailable';
}

/** No more clients of this kind are served at once. */
export class TooManyClients extends Error {
  override readonly name = 'TooManyClients';
}

export interface ErrorAnswer {
  status: number;
  /** Stable, see docs/errors.md. */
  code: string;
  /** For docs/errors.md. */
  meaning: string;
  /** Seconds after which the same request may succeed. */
  retryAfterSeconds?: number;
}

type ErrorKind = abstract new (...args: never[]) => Error;

/** What the border answers for each kind of error; subclasses before their base. */
const ANSWERS: readonly (readonly [ErrorKind, ErrorAnswer])[] = [
  [
    BadRequest,
    {
      status: 400,
      code: 'bad_request',
      meaning: 'A parameter is wrong; the message names it and the value received.',
    },
  ],
  [
    HostNotAllowed,
    {
      status: 403,
      code: 'host_not_allowed',
      meaning: 'The name in the Host header is not this server: see `http.allowedHosts`.',
    },
  ],
  [
    NotFound,
    {
      status: 404,
      code: 'not_found',
      meaning: 'Nothing is stored under this id, or there is no such address.',
    },
  ],
  [
    TooManyClients,
    {
      status: 503,
      code: 'too_many_clients',
      meaning: 'No more live streams are served at once (`http.maxLiveClients`).',
      retryAfterSeconds: 5,
    },
  ],
  [
    SchemasUnavailable,
    {
      status: 503,
      code: 'schemas_unavailable',
      meaning: 'NATS, where the schemas are, does not answer, and this one was not read before.',
      retryAfterSeconds: 5,
    },
  ],
  [
    StoreUnavailable,
    {
      status: 503,
      code: 'store_unavailable',
      meaning:
        'The store is starting or restarting. What is sent meanwhile is kept in the journal.',
      retryAfterSeconds: 2,
    },
  ],
  [
    QueryTimeout,
    {
      status: 504,
      code: 'query_timeout',
      meaning: 'The question took longer than `store.queryTimeoutMs`: ask for a shorter range.',
    },
  ],
  [
    QueryTooLarge,
    {
      status: 413,
      code: 'query_too_large',
      meaning: 'The question needs more rows or memory than one may have: ask for a shorter range.',
    },
  ],
  [
    QueryFailed,
    {
      status: 500,
      code: 'query_failed',
      meaning: 'The store refused the question: a fault of Hopline.',
    },
  ],
  [
    StoreError,
    {
      status: 500,
      code: 'store_error',
      meaning: 'The store failed in another way; the log of the server says how.',
    },
  ],
];

const INTERNAL: ErrorAnswer = {
  status: 500,
  code: 'internal',
  meaning: 'Anything else; the log of the server says what.',
};

/** Every answer there is, for the documents. */
export function errorAnswers(): ErrorAnswer[] {
  return [...ANSWERS.map(([, answer]) => answer), INTERNAL];
}

/** The answer to `error`, and whether its message is fit for the client. */
export function answerTo(error: unknown): ErrorAnswer & { isOurs: boolean } {
  const found = ANSWERS.find(([kind]) => error instanceof kind);
  return found ? { ...found[1], isOurs: true } : { ...INTERNAL, isOurs: false };
}
