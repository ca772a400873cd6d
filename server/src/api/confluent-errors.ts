/** Confluent's error codes, each with its HTTP status and words: its clients tell errors apart by them. */
const KINDS = {
  UNAUTHORIZED: [
    401,
    40101,
    'Registering needs the password of the setting schemas.confluentPassword',
  ],
  READ_ONLY: [403, 40301, 'This registry is read-only here: see the setting schemas.confluentApi'],
  NO_SUBJECT: [404, 40401, 'Subject not found.'],
  NO_VERSION: [404, 40402, 'Version not found.'],
  NO_SCHEMA: [404, 40403, 'Schema not found'],
  NO_CONFIG: [404, 40408, 'Subject has no compatibility level of its own'],
  INCOMPATIBLE: [409, 409, 'Schema being registered is incompatible with an earlier schema'],
  BAD_SCHEMA: [422, 42201, 'Invalid schema'],
  BAD_VERSION: [422, 42202, 'The specified version is not a valid version id'],
  BAD_MODE: [422, 42203, 'Invalid compatibility level'],
  FAILED: [500, 50001, 'Error in the backend data store'],
  UNREACHABLE: [503, 50003, 'The registry in NATS cannot be reached'],
} as const satisfies Record<string, readonly [number, number, string]>;

type Kind = keyof typeof KINDS;

export class ConfluentError extends Error {
  override readonly name = 'ConfluentError';
  readonly kind: Kind;

  constructor(kind: Kind, about = '') {
    super(about === '' ? KINDS[kind][2] : `${KINDS[kind][2]}: ${about}`);
    this.kind = kind;
  }
}

/** What the client's own errors become. */
const BY_CODE: Readonly<Record<string, Kind>> = {
  schema_invalid: 'BAD_SCHEMA',
  schema_incompatible: 'INCOMPATIBLE',
  schema_not_found: 'NO_SCHEMA',
  registry_refused: 'FAILED',
};

export function confluentAnswer(error: unknown): {
  status: number;
  body: { error_code: number; message: string };
} {
  const { message, code, statusCode } = error as {
    message?: string;
    code?: string;
    statusCode?: number;
  };
  const kind = error instanceof ConfluentError ? error.kind : BY_CODE[code ?? ''];
  if (kind) {
    const [status, error_code, words] = KINDS[kind];
    return { status, body: { error_code, message: message ?? words } };
  }
  // What the HTTP layer refuses: a body that is no JSON, or too large.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, body: { error_code: statusCode, message: message ?? '' } };
  }
  const [status, error_code, words] = KINDS.FAILED;
  return { status, body: { error_code, message: words } };
}
