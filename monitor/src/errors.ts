/** Settings that can never work; thrown when watching starts, before anything is opened. */
export class MonitorSettingsError extends Error {
  override name = 'MonitorSettingsError';
  readonly code = 'monitor-settings';
}

const NOT_LISTENING: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken by another process; choose another with --port',
  EACCES: 'this port takes more rights; choose one above 1023 with --port',
  EADDRNOTAVAIL: 'this machine has no such address; give another with --addr',
  ENOTFOUND: 'there is no such host; give another with --addr',
};

/** The exporter's address cannot be had; the message says what to do instead. */
export class ExporterNotListening extends Error {
  override name = 'ExporterNotListening';
  readonly code = 'exporter-not-listening';

  constructor({ host, port }: { host: string; port: number }, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    super(`cannot listen on ${at}: ${NOT_LISTENING[code] ?? inWords(cause)}`, { cause });
  }
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
