/** Wire types of Protocol Buffers, the low three bits of a tag. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 };

const MAX_LENGTH = 0x7fffffff;
const MAX_GROUPS = 10;

/**
 * Steps over the fields of one message without allocating. `next` leaves its finding in the public
 * fields, so read them before you call it again; one reader serves a whole request.
 *
 * | tag (varint)            | payload                                        |
 * |-------------------------|------------------------------------------------|
 * | field << 3 or wire type | varint, 8 bytes, length + bytes, 4 bytes, group |
 */
export class FieldReader {
  readonly bytes: Uint8Array;
  field = 0;
  wire = 0;
  /** First byte of the payload (after its length, for `bytes`). */
  start = 0;
  /** First byte after the field. */
  end = 0;
  /** What is broken, '' while nothing is. */
  fault = '';
  #cursor = 0;
  #groups = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Reads the field at `pos`, which must be below `limit`. False: `fault` says why. */
  next(pos: number, limit: number): boolean {
    const bytes = this.bytes;
    let tag = bytes[pos]!;
    if (tag < 0x80) {
      this.#cursor = pos + 1;
    } else {
      tag = this.#uint32(pos, limit);
      if (tag < 0) return this.#fail('tag', pos);
    }
    this.field = tag >>> 3;
    this.wire = tag & 7;
    if (this.field === 0) return this.#fail('field number 0', pos);
    const start = this.#cursor;
    switch (this.wire) {
      case WIRE.bytes: {
        let length = start < limit ? bytes[start]! : -1;
        if (length >= 0x80) length = this.#uint32(start, limit);
        else this.#cursor = start + 1;
        if (length < 0 || length > MAX_LENGTH) return this.#fail('length', start);
        this.start = this.#cursor;
        this.end = this.start + length;
        break;
      }
      case WIRE.varint:
        this.start = start;
        this.end = varintEnd(bytes, start, limit);
        break;
      case WIRE.fixed64:
        this.start = start;
        this.end = start + 8;
        break;
      case WIRE.fixed32:
        this.start = start;
        this.end = start + 4;
        break;
      case WIRE.groupStart:
        return this.#group(start, limit);
      default:
        return this.#fail(`wire type ${this.wire}`, pos);
    }
    return this.end <= limit || this.#fail('end of the message inside a field', pos);
  }

  /** Skips a group, an unknown field of very old senders; the end tag has the start's number. */
  #group(start: number, limit: number): boolean {
    const field = this.field;
    if (++this.#groups > MAX_GROUPS) return this.#fail('groups nested deeper than 10', start);
    for (let pos = start; pos < limit; pos = this.end) {
      const tag = this.#uint32(pos, limit);
      if (tag < 0) return this.#fail('tag', pos);
      if ((tag & 7) === WIRE.groupEnd) {
        if (tag >>> 3 !== field) return this.#fail('end of another group', pos);
        this.#groups--;
        this.field = field;
        this.wire = WIRE.groupStart;
        this.start = start;
        this.end = this.#cursor;
        return true;
      }
      if (!this.next(pos, limit)) return false;
    }
    return this.#fail('group without an end', start);
  }

  /** A varint that must fit 32 bits; -1 when it does not or is cut off. Leaves #cursor after it. */
  #uint32(pos: number, limit: number): number {
    let value = 0;
    let factor = 1;
    for (let at = pos; at < limit && at < pos + 10; at++) {
      const byte = this.bytes[at]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        this.#cursor = at + 1;
        return value <= 0xffffffff ? value : -1;
      }
      factor *= 128;
    }
    return -1;
  }

  #fail(what: string, pos: number): false {
    this.fault = `${what} at byte ${pos}`;
    return false;
  }
}

/** First byte after the varint at `pos`; past `limit` when it is cut off or longer than ten bytes. */
export function varintEnd(bytes: Uint8Array, pos: number, limit: number): number {
  const last = Math.min(limit, pos + 10);
  for (let at = pos; at < last; at++) if (bytes[at]! < 0x80) return at + 1;
  return limit + 1;
}

/** A fixed64 as a double: exact to 256 ns for times of this century, enough to compare them. */
export function fixed64(bytes: Uint8Array, pos: number): number {
  return uint32(bytes, pos + 4) * 4_294_967_296 + uint32(bytes, pos);
}

function uint32(bytes: Uint8Array, pos: number): number {
  const low = bytes[pos]! | (bytes[pos + 1]! << 8) | (bytes[pos + 2]! << 16);
  return (low | (bytes[pos + 3]! << 24)) >>> 0;
}
