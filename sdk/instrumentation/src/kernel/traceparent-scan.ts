import { INVALID_SPANID, INVALID_TRACEID, type SpanContext } from '@opentelemetry/api';
import type { RawMessage } from './nats-internals.ts';
import { RemoteSpanContext } from './valid-span-context.ts';

/** Answer for header blocks that only the general reader can judge. */
export const UNCLEAR = Symbol('unclear');

const LINE = '\r\ntraceparent: 00-';
/** `<trace id>-<span id>-<flags>` behind the start of the line. */
const SPAN_ID_AT = 33;
const FLAGS_AT = 50;
const VALUE_CHARS = 52;
const RELEVANT = /raceparent|tracestate|baggage/i;
const { latin1Slice } = Buffer.prototype as Buffer & {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};

/**
 * Reads the context out of an undecoded header block: undefined where there is none. Judges only what is
 * common, a single `traceparent` of version 00 in lower case without trace state and baggage.
 */
export function scanTraceparent({
  _msg,
  _rdata,
}: RawMessage): SpanContext | undefined | typeof UNCLEAR {
  if (_msg.hdr <= 0) return undefined;
  const text = headerText({ _msg, _rdata });
  const line = text.indexOf(LINE);
  if (line < 0) return RELEVANT.test(text) ? UNCLEAR : undefined;
  const start = line + LINE.length;
  const end = start + VALUE_CHARS;
  if (!isValue(_rdata, start) || !text.startsWith('\r\n', end)) return UNCLEAR;
  if (line + LINE.length + VALUE_CHARS + 4 !== text.length || line !== 8) {
    if (RELEVANT.test(text.slice(0, line)) || RELEVANT.test(text.slice(end))) return UNCLEAR;
  }
  const traceId = text.slice(start, start + SPAN_ID_AT - 1);
  const spanId = text.slice(start + SPAN_ID_AT, start + FLAGS_AT - 1);
  if (traceId === INVALID_TRACEID || spanId === INVALID_SPANID) return UNCLEAR;
  return new RemoteSpanContext(traceId, spanId, Number.parseInt(text.slice(end - 2, end), 16));
}

/** A header block as it came, empty where there is none. */
export function headerText({ _msg, _rdata }: RawMessage): string {
  return _msg.hdr > 0 ? latin1Slice.call(_rdata, 0, _msg.hdr) : '';
}

const DASH = 45;

function isValue(bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < VALUE_CHARS; at += 1) {
    const byte = bytes[start + at] ?? 0;
    const isDash = at === SPAN_ID_AT - 1 || at === FLAGS_AT - 1;
    if (isDash ? byte !== DASH : !isLowerHex(byte)) return false;
  }
  return true;
}

function isLowerHex(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 102);
}
