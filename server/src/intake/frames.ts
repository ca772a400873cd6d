/** The varint before a request in a segment of an OTLP signal. */
export function lengthPrefix(length: number): Buffer {
  const prefix = Buffer.allocUnsafe(5);
  let rest = length;
  let at = 0;
  while (rest >= 0x80) {
    prefix[at++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 128);
  }
  prefix[at++] = rest;
  return prefix.subarray(0, at);
}

/** One record of a segment: `from..to` with its frame, `bodyFrom..to` (rows: without the newline) alone. */
export interface Frame {
  from: number;
  bodyFrom: number;
  bodyTo: number;
  to: number;
}

/** The whole records of a segment, in order; stops before a torn one. */
export function* frames(bytes: Uint8Array, framing: Framing): Generator<Frame> {
  let from = 0;
  while (from < bytes.length) {
    const frame = framing === 'length' ? lengthFrame(bytes, from) : lineFrame(bytes, from);
    if (frame === null) return;
    yield frame;
    from = frame.to;
  }
}

/** `length`: varint length before each record. `line`: a newline after each. */
export type Framing = 'length' | 'line';

function lengthFrame(bytes: Uint8Array, from: number): Frame | null {
  let length = 0;
  let factor = 1;
  for (let at = from; at < bytes.length && at < from + 5; at++) {
    const byte = bytes[at]!;
    length += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte >= 0x80) continue;
    const to = at + 1 + length;
    return to <= bytes.length ? { from, bodyFrom: at + 1, bodyTo: to, to } : null;
  }
  return null;
}

function lineFrame(bytes: Uint8Array, from: number): Frame | null {
  const newline = bytes.indexOf(0x0a, from);
  return newline < 0 ? null : { from, bodyFrom: from, bodyTo: newline, to: newline + 1 };
}
