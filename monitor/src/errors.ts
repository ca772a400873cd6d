/** Settings that can never work; thrown when watching starts, before anything is opened. */
export class MonitorSettingsError extends Error {
  override name = 'MonitorSettingsError';
  readonly code = 'monitor-settings';
}

export type HttpGetReason = 'timeout' | 'status' | 'too_large' | 'body' | 'unreachable';

/** A GET that gave no usable answer, and why in one word; what the network refused is not wrapped. */
export class HttpGetFailed extends Error {
  override name = 'HttpGetFailed';
  readonly reason: HttpGetReason;

  constructor(reason: HttpGetReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** An error in one line of words, with its causes, for people to read in a status or log. */
export function inWords(error: unknown): string {
  const words: string[] = [];
  for (let at: unknown = error, depth = 0; at !== undefined && depth < 4; depth++) {
    const text = at instanceof Error ? at.message || at.name : String(at);
    const code = at instanceof Error && 'code' in at ? String(at.code) : '';
    if (text !== '' && !words.some((word) => word.includes(text))) {
      words.push(code === '' || text.includes(code) ? text : `${text} (${code})`);
    }
    at = at instanceof AggregateError ? at.errors[0] : at instanceof Error ? at.cause : undefined;
  }
  return words.join(': ').replaceAll(/\s+/g, ' ');
}
