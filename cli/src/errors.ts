/** Something the user asked for could not be done: one line, exit code 1 unless it says another. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly code: string;
  readonly exitCode: number;

  constructor(code: string, message: string, options?: ErrorOptions & { exitCode?: number }) {
    super(message, options);
    this.code = code;
    this.exitCode = options?.exitCode ?? 1;
  }
}

/** The server gave no answer at all. */
export class ServerUnreachable extends CliError {
  override readonly name = 'ServerUnreachable';

  constructor(url: string, cause: unknown) {
    super(
      'SERVER_UNREACHABLE',
      `cannot reach Hopline at ${url}: ${reasonOf(cause)}; ` +
        'start it with "hopline up" or "hopline demo", or say where it is with --url',
      { cause },
    );
  }
}

/** The server's answer was not a success; `status` 404 means that it does not know the thing. */
export class RequestRefused extends CliError {
  override readonly name = 'RequestRefused';
  readonly status: number;

  constructor(url: string, status: number, message: string) {
    super('REQUEST_REFUSED', `cannot get ${url}: ${message} (HTTP ${status})`);
    this.status = status;
  }
}

/** The innermost message: what the system said, not what each layer wrapped around it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const { code, message, name } = error as NodeJS.ErrnoException;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'it does not speak TLS, try http://';
  return message || code || name;
}
