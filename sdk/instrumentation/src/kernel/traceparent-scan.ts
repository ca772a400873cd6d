import type { RawMessage } from './nats-internals.ts';
import { ReceivedContext } from './received-context.ts';

/** Answer for header blocks that only the general reader can judge. */
export const UNCLEAR = Symbol('unclear');

const LINE = '\r\ntraceparent: 00-';
/** What most messages of a traced publisher begin with, and nothing but the value follows. */
const ONLY = Buffer.from(`NATS/1.0${LINE}`);
/** `<trace id>-<span id>-<flags>`. */
const VALUE_CHARS = 52;
const ONLY_BYTES = ONLY.length + VALUE_CHARS + 4;
const RELEVANT = /raceparent|tracestate|baggage|x-trace-id/i;
const { latin1Slice } = Buffer.prototype as Buffer & {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};

/**
 * Reads the context out of an undecoded header block: undefined where there is none. Judges only what is
 * common, a single `traceparent` of version 00 in lower case without trace state, baggage and `X-Trace-ID`.
 */
export function scanTraceparent(raw: RawMessage): ReceivedContext | undefined | typeof UNCLEAR {
  const { _msg, _rdata } = raw;
  if (_msg.hdr <= 0) return undefined;
  if (_msg.hdr === ONLY_BYTES && startsWith(_rdata, ONLY)) return readAt(_rdata, ONLY.length);
  const text = headerText(raw);
  const line = text.indexOf(LINE);
  if (line < 0) return RELEVANT.test(text) ? UNCLEAR : undefined;
  const start = line + LINE.length;
  const rest = text.slice(start + VALUE_CHARS);
  if (RELEVANT.test(text.slice(0, line)) || RELEVANT.test(rest)) return UNCLEAR;
  return readAt(_rdata, start);
}

function readAt(bytes: Uint8Array, start: number): ReceivedContext | typeof UNCLEAR {
  const end = start + VALUE_CHARS;
  if (bytes[end] !== CR || bytes[end + 1] !== LF) return UNCLEAR;
  return ReceivedContext.read(bytes, start) ?? UNCLEAR;
}

/** A header block as it came, empty where there is none. */
export function headerText({ _msg, _rdata }: RawMessage): string {
  return _msg.hdr > 0 ? latin1Slice.call(_rdata, 0, _msg.hdr) : '';
}

/** True for a block that can hold no header but a `traceparent`. */
export function isOnlyTraceparent({ _msg, _rdata }: RawMessage): boolean {
  return _msg.hdr === ONLY_BYTES && startsWith(_rdata, ONLY);
}

const CR = 13;
const LF = 10;

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let at = 0; at < start.length; at += 1) {
    if (bytes[at] !== start[at]) return false;
  }
  return true;
}
