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
 * | 1..   | protobuf only: which message of the file; one 0 byte for the first|
 * | rest  | payload                                                           |
 */
export function writeFrame(number: number, format: FormatName, payload: Uint8Array): Uint8Array {
  const length = format === 'protobuf' ? HEAD + 1 : HEAD;
  const frame = new Uint8Array(length + payload.length);
  new DataView(frame.buffer).setUint32(1, number);
  frame.set(payload, length);
  return frame;
}

const HEAD = 5;

/** Undefined for what does not begin like a frame. */
export function readFrame(data: Uint8Array): { number: number; rest: Uint8Array } | undefined {
  if (data.length < HEAD || data[0] !== 0) return undefined;
  const number = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(1);
  return { number, rest: data.subarray(HEAD) };
}

/** The payload behind a frame's number. Throws DecodeFailed for another message than the first. */
export function framedPayload(format: FormatName, rest: Uint8Array): Uint8Array {
  if (format !== 'protobuf') return rest;
  if (rest[0] === 0) return rest.subarray(1);
  // Some writers spell it out: one index (zigzag 1 is 2), and it is 0.
  if (rest[0] === 2 && rest[1] === 0) return rest.subarray(2);
  const error = new Error('it holds another message than the first of its schema');
  throw new DecodeFailed('framed protobuf', error, 'framing');
}
