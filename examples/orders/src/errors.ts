/** A service of the example ended though nobody stopped it, or it did not start. */
export class ServiceExitError extends Error {
  readonly code = 'SERVICE_EXIT';
  readonly service: string;
  /** The last lines it logged, oldest first. */
  readonly lastLines: readonly string[];

  constructor(service: string, cause: string, lastLines: readonly string[]) {
    const log =
      lastLines.length === 0 ? '' : `\n${lastLines.map((line) => `  ${line}`).join('\n')}`;
    super(`cannot keep service ${service} running: ${cause}${log}`);
    this.name = 'ServiceExitError';
    this.service = service;
    this.lastLines = lastLines;
  }
}

/** The streams of the example could not be made in time. */
export class StreamSetupError extends Error {
  readonly code = 'STREAM_SETUP';

  constructor(stream: string, cause: unknown) {
    const words = cause instanceof Error ? cause.message : String(cause);
    super(`cannot set up stream ${stream}: ${words}`, { cause });
    this.name = 'StreamSetupError';
  }
}
