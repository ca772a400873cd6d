/** Bytes that a decoder refuses, and why. */
export class CorruptSnappyError extends Error {
  override name = 'CorruptSnappyError';
}

const STREAM_IDENTIFIER = 0xff;
const COMPRESSED = 0x00;
const UNCOMPRESSED = 0x01;
const FIRST_SKIPPABLE = 0x80;
const CHECKSUM_BYTES = 4;

/**
 * Reads the Snappy framing format (framing_format.txt), which nats-server writes for
 * `Content-Encoding: snappy`. Chunk: 1 byte type, 3 bytes length (little endian), then for data chunks a
 * 4-byte CRC-32C and the data. The checksum is not compared: the bytes came over one TCP connection and
 * must parse as JSON next. Throws CorruptSnappyError, also when more than `maxBytes` would come out.
 */
export function decodeSnappyStream(input: Uint8Array, maxBytes: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let room = maxBytes;
  for (let at = 0; at < input.length; ) {
    const type = input[at]!;
    const end = at + 4 + littleEndian(input, { at: at + 1, bytes: 3 });
    if (end > input.length) throw new CorruptSnappyError('chunk is cut off');
    const data = input.subarray(at + 4 + CHECKSUM_BYTES, end);
    if (type === COMPRESSED || type === UNCOMPRESSED) {
      const part = type === COMPRESSED ? decodeSnappyBlock(data, room) : data;
      room -= part.length;
      if (room < 0) throw new CorruptSnappyError(`larger than ${maxBytes} bytes`);
      parts.push(part);
    } else if (type !== STREAM_IDENTIFIER && type < FIRST_SKIPPABLE) {
      throw new CorruptSnappyError(`unknown chunk type ${type}`);
    }
    at = end;
  }
  return parts.length === 1 ? parts[0]! : concatenated(parts);
}

/**
 * One Snappy block (format_description.txt): the uncompressed length as a varint, then elements. The
 * two low bits of an element's tag say what it is: 0 literal, 1 to 3 a copy with an offset of 11, 16 or
 * 32 bits.
 */
export function decodeSnappyBlock(input: Uint8Array, maxBytes: number): Uint8Array {
  let { value: size, at } = varint(input);
  if (size > maxBytes) throw new CorruptSnappyError(`larger than ${maxBytes} bytes`);
  const output = new Uint8Array(size);
  let filled = 0;
  while (at < input.length) {
    const tag = input[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >> 2) + 1;
      if (length > 60) {
        const bytes = length - 60;
        length = littleEndian(input, { at, bytes }) + 1;
        at += bytes;
      }
      if (at + length > input.length || filled + length > size) {
        throw new CorruptSnappyError('literal is cut off');
      }
      output.set(input.subarray(at, at + length), filled);
      at += length;
      filled += length;
      continue;
    }
    const bytes = kind === 3 ? 4 : kind;
    const low = littleEndian(input, { at, bytes });
    at += bytes;
    const offset = kind === 1 ? ((tag >> 5) << 8) | low : low;
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    if (offset === 0 || offset > filled || filled + length > size) {
      throw new CorruptSnappyError('copy points outside of the data');
    }
    // Byte by byte: a copy may overlap what it writes.
    for (let count = 0; count < length; count++, filled++) {
      output[filled] = output[filled - offset]!;
    }
  }
  if (filled !== size) throw new CorruptSnappyError('data is cut off');
  return output;
}

function varint(input: Uint8Array): { value: number; at: number } {
  let value = 0;
  for (let at = 0; at < 5; at++) {
    const byte = input[at];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { value, at: at + 1 };
  }
  throw new CorruptSnappyError('length is cut off');
}

function littleEndian(input: Uint8Array, { at, bytes }: { at: number; bytes: number }): number {
  if (at + bytes > input.length) throw new CorruptSnappyError('number is cut off');
  let value = 0;
  for (let index = 0; index < bytes; index++) value += input[at + index]! * 2 ** (8 * index);
  return value;
}

function concatenated(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
