import { gunzipSync } from 'node:zlib';
import { decodeSnappyStream } from './snappy.ts';

const MAX_EVENT_BYTES = 4 * 1024 * 1024;
const UTF8 = new TextDecoder();

/**
 * The text of a trace event's body. The server compresses it when the traced message itself carried
 * `Accept-Encoding` (ADR-41). Throws on an unknown encoding, corrupt data, or more than 4 MiB (an event
 * holds the headers of one message, whose payload limit is 1 MiB by default).
 */
export function eventBody(body: Uint8Array, encoding: string): string {
  if (body.length > MAX_EVENT_BYTES) throw new Error(`larger than ${MAX_EVENT_BYTES} bytes`);
  switch (encoding.toLowerCase()) {
    case '':
      return UTF8.decode(body);
    case 'gzip':
      return UTF8.decode(gunzipSync(body, { maxOutputLength: MAX_EVENT_BYTES }));
    case 'snappy':
      return UTF8.decode(decodeSnappyStream(body, MAX_EVENT_BYTES));
    default:
      throw new Error(`unknown content encoding ${JSON.stringify(encoding.slice(0, 40))}`);
  }
}
