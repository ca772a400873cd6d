/** A process that was started ended, or did not become ready; carries what it said last. */
export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed';
  readonly code = 'PROCESS_FAILED';
  readonly output: string;
  readonly logPath: string;

  constructor(message: string, details: { output: string; logPath: string }) {
    const tail = details.output.split('\n').slice(-20).join('\n').trim();
    super(`${message}\nlog: ${details.logPath}${tail ? `\n${tail}` : ''}`);
    this.output = details.output;
    this.logPath = details.logPath;
  }
}

/** A condition that did not come true before its deadline. */
export class WaitTimeout extends Error {
  override readonly name = 'WaitTimeout';
  readonly code = 'WAIT_TIMEOUT';
}
