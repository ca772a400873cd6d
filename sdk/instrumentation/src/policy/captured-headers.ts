import { ATTR } from '@hopline/model';
import type { Span } from '@opentelemetry/api';
import type { NatsHeaders } from '../kernel/nats-internals.ts';

/** Names that speak of credentials: never on a span, whatever the user allows. */
const CREDENTIALS =
  /auth|cookie|credential|jwt|nkey|passw|passphrase|secret|session|signature|token|api[-_]?key|private[-_]?key/i;
/** Bounds what one message can put on its span. */
const HEADERS_MAX = 32;
const VALUE_MAX_CHARS = 1024;

/** Header names that may be shown: in the allow-list and in no deny-list. */
export class CapturedHeaders {
  readonly #allowed: RegExp[];
  readonly #denied: RegExp[];

  constructor(allow: readonly string[], deny: readonly string[]) {
    this.#allowed = allow.map(globPattern);
    this.#denied = [CREDENTIALS, ...deny.map(globPattern)];
  }

  get none(): boolean {
    return this.#allowed.length === 0;
  }

  capture(span: Span, headers: NatsHeaders | undefined): void {
    if (this.none || !headers || !span.isRecording()) return;
    let captured = 0;
    for (const [name, values] of headers.headers) {
      if (!this.#shows(name)) continue;
      captured += 1;
      if (captured > HEADERS_MAX) return;
      const shown = values.map((value) => value.slice(0, VALUE_MAX_CHARS));
      span.setAttribute(`${ATTR.headerPrefix}${name.toLowerCase()}`, shown);
    }
  }

  #shows(name: string): boolean {
    const matches = (pattern: RegExp): boolean => pattern.test(name);
    return this.#allowed.some(matches) && !this.#denied.some(matches);
  }
}

/** `*` stands for any characters; letter case does not matter, as in HTTP. */
function globPattern(glob: string): RegExp {
  const parts = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
}
