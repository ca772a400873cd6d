import type { FormatName } from '../codecs/codec.ts';
import { DecodeFailed } from '../errors.ts';

/**
 * The id stands beside a payload that stays as it is. Subject and version are for people and spans; they
 * stand beside a prefix, too.
 */
export const SCHEMA_HEADERS = {
  id: 'Schema-Id',
  subject: 'Schema-Subject',
  version: 'Schema-Version',
};

/**
 * Confluent's wire format:
 *
 * | bytes | what                                                              |
 * |-------|-------------------------------------------------------------------|
 * | 1     | 0                                                                 |
 * | 4     | number of the schema, big endian                                  |
 * | 1..   | protobuf only: which message of the file, see below            |
 * | rest  | payload                                                           |
 *
 * A message is named by its places from outside in: their count, then each, as zigzag varints. The first of
 * the file, `[0]`, is one 0 byte.
 */
export function writeFrame(
  { number, format }: { number: number; format: FormatName },
  payload: Uint8Array,
  message: readonly number[] = FIRST,
): Uint8Array {
  const places = format === 'protobuf' ? writePlaces(message) : [];
  const frame = new Uint8Array(HEAD + places.length + payload.length);
  new DataView(frame.buffer).setUint32(1, number);
  frame.set(places, HEAD);
  frame.set(payload, HEAD + places.length);
  return frame;
}

const HEAD = 5;
const FIRST: readonly number[] = [0];
/** Messages within messages; what says more is no frame. */
const MAX_DEPTH = 32;
const MAX_PLACE = 2 ** 20;

/** Undefined for what does not begin like a frame. */
export function readFrame(data: Uint8Array): { number: number; rest: Uint8Array } | undefined {
  if (data.length < HEAD || data[0] !== 0) return undefined;
  const number = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(1);
  return { number, rest: data.subarray(HEAD) };
}

/** What is behind a frame's number. Throws DecodeFailed where no places are. */
export function framedPayload(
  format: FormatName,
  rest: Uint8Array,
): { payload: Uint8Array; message: readonly number[] } {
  if (format !== 'protobuf') return { payload: rest, message: FIRST };
  const reader = { rest, at: 0 };
  const count = readNumber(reader);
  if (count > MAX_DEPTH) throw framing(`it names a message ${count} deep`);
  const message = count === 0 ? FIRST : Array.from({ length: count }, () => readNumber(reader));
  return { payload: rest.subarray(reader.at), message };
}

function writePlaces(message: readonly number[]): number[] {
  if (message.length === 1 && message[0] === 0) return [0];
  return [message.length, ...message].flatMap(varint);
}

/** Zigzag of what is not negative is twice of it. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value * 2;
  for (; left > 0x7f; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  return [...bytes, left];
}

function readNumber(reader: { rest: Uint8Array; at: number }): number {
  let zigzag = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = reader.rest[reader.at];
    if (byte === undefined) break;
    reader.at += 1;
    zigzag |= (byte & 0x7f) << shift;
    if (byte > 0x7f) continue;
    if (zigzag % 2 === 0 && zigzag / 2 <= MAX_PLACE) return zigzag / 2;
    break;
  }
  throw framing('it does not say which message of its schema it holds');
}

const framing = (words: string): DecodeFailed =>
  new DecodeFailed('framed protobuf', new Error(words), 'framing');
