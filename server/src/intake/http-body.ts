import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { Admission } from './admit.ts';

/** `ok`: give `reservedBytes` back to the admission once the request is answered. */
export type Body =
  | { status: 'ok'; bytes: Uint8Array; reservedBytes: number }
  | { status: 'too large' }
  | { status: 'retry'; reason: string }
  | { status: 'broken'; reason: string };

const CHUNK_BYTES = 128 * 1024;

/** By Content-Encoding; null: the bytes as they are. */
export const DECODERS: ReadonlyMap<string, (() => Transform) | null> = new Map([
  ['', null],
  ['identity', null],
  ['gzip', () => createGunzip({ chunkSize: CHUNK_BYTES })],
  ['x-gzip', () => createGunzip({ chunkSize: CHUNK_BYTES })],
  ['deflate', () => createInflate({ chunkSize: CHUNK_BYTES })],
  ['zstd', () => createZstdDecompress({ chunkSize: CHUNK_BYTES })],
]);

/** There is nobody left to answer. */
export class SenderGone extends Error {
  override readonly name = 'SenderGone';
}

interface Options {
  decoder: (() => Transform) | null;
  maxBytes: number;
  admission: Pick<Admission, 'reserve' | 'release'>;
}

/**
 * Reads a body, decompressing as it comes. Stops keeping bytes at `maxBytes` or when too much is in
 * flight; what the sender still sends is thrown away by Node, so that it can read the answer. Rejects
 * with SenderGone only.
 */
export function readBody(request: IncomingMessage, options: Options): Promise<Body> {
  const { decoder, maxBytes, admission } = options;
  const decode = decoder?.() ?? null;
  const source = decode ?? request;
  const chunks: Buffer[] = [];
  let reservedBytes = 0;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      source.removeListener('data', onData).removeListener('end', onEnd);
      request.removeListener('close', onClosed).removeListener('error', onClosed);
      if (decode === null) return;
      request.unpipe(decode);
      decode.on('error', () => {}).destroy();
    };
    const give = (body: Body): void => {
      stop();
      if (body.status !== 'ok') {
        admission.release(reservedBytes);
        request.resume();
      }
      resolve(body);
    };
    const onData = (chunk: Buffer): void => {
      if (reservedBytes + chunk.length > maxBytes) {
        give({ status: 'too large' });
      } else if (!admission.reserve(chunk.length)) {
        give({ status: 'retry', reason: 'too many requests at once' });
      } else {
        reservedBytes += chunk.length;
        chunks.push(chunk);
      }
    };
    const onEnd = (): void => {
      const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, reservedBytes);
      give({ status: 'ok', bytes, reservedBytes });
    };
    const onClosed = (): void => {
      if (request.complete) return;
      stop();
      admission.release(reservedBytes);
      reject(new SenderGone('cannot read the request: the sender went away'));
    };
    source.on('data', onData).on('end', onEnd);
    request.on('close', onClosed).on('error', onClosed);
    if (decode === null) return;
    decode.on('error', (error) => give({ status: 'broken', reason: error.message }));
    request.pipe(decode);
  });
}
