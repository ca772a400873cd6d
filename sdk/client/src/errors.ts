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

/** A text is no schema of its format, or refers to something that is not given. */
export class SchemaInvalid extends Error {
  readonly code = 'schema_invalid';

  constructor(format: string, cause: unknown) {
    const error = toError(cause);
    super(`cannot read ${format} schema: ${error.message}`, { cause: error });
    this.name = 'SchemaInvalid';
  }
}

/** A value does not fit its schema. */
export class EncodeFailed extends Error {
  readonly code = 'encode_failed';
  readonly problems: readonly string[];

  constructor(format: string, problems: readonly string[]) {
    super(`cannot encode value as ${format}: ${problems.join('; ')}`);
    this.name = 'EncodeFailed';
    this.problems = problems;
  }
}

/** Bytes are not what their schema says. */
export class DecodeFailed extends Error {
  readonly code: 'decode_failed' | 'schema_unknown' | 'framing';

  constructor(
    what: string,
    cause: unknown,
    code: 'decode_failed' | 'schema_unknown' | 'framing' = 'decode_failed',
  ) {
    const error = toError(cause);
    super(`cannot decode ${what}: ${error.message}`, { cause: error });
    this.name = 'DecodeFailed';
    this.code = code;
  }
}

/** A schema breaks the compatibility that its subject promises. */
export class SchemaIncompatible extends Error {
  readonly code = 'schema_incompatible';
  readonly subject: string;
  /** Each names the version, the field and the rule. */
  readonly problems: readonly string[];

  constructor(subject: string, mode: string, problems: readonly string[]) {
    super(`cannot register schema of ${subject}: not ${mode}: ${problems.join('; ')}`);
    this.name = 'SchemaIncompatible';
    this.subject = subject;
    this.problems = problems;
  }
}

/** The registry has no such subject, version or schema, or cannot be asked and it is not in the cache. */
export class SchemaNotFound extends Error {
  readonly code = 'schema_not_found';

  constructor(what: string, options?: ErrorOptions) {
    super(
      `cannot find ${what}${options?.cause ? `: ${toError(options.cause).message}` : ''}`,
      options,
    );
    this.name = 'SchemaNotFound';
  }
}

/** The registry refused: others wrote at the same time, a limit is reached, a version is taken. */
export class RegistryRefused extends Error {
  readonly code = 'registry_refused';

  constructor(subject: string, reason: string) {
    super(`cannot register schema of ${subject}: ${reason}`);
    this.name = 'RegistryRefused';
  }
}

/** Anything may be thrown; whoever reports it deserves an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
