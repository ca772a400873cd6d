import { readFile } from 'node:fs/promises';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { HttpGetFailed } from '../errors.ts';

export interface HttpGetOptions {
  timeoutMs: number;
  maxBytes: number;
  /** Path of a CA certificate for https. */
  tlsCa?: string | undefined;
  /** Paths of a client certificate and its key, for https. */
  tlsCert?: string | undefined;
  tlsKey?: string | undefined;
  /** Statuses besides 200 whose answer is one too. Default none. */
  alsoStatus?: readonly number[] | undefined;
  signal: AbortSignal;
}

/** The text of a 200 answer to a GET. Rejects with the reason in words otherwise. */
export async function httpGet(url: URL, options: HttpGetOptions): Promise<string> {
  const pieces: Buffer[] = [];
  await httpGetPieces(url, options, (piece) => pieces.push(piece));
  return Buffer.concat(pieces).toString('utf8');
}

/** The same in pieces, as they come; those before a failure have been handed over by then. */
export async function httpGetPieces(
  url: URL,
  options: HttpGetOptions,
  onPiece: (piece: Buffer) => void,
): Promise<void> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  try {
    const signal = AbortSignal.any([options.signal, timeout]);
    const response = await request(url, { ...options, signal });
    const length = Number(response.headers['content-length'] ?? 0);
    if (length > options.maxBytes) {
      response.destroy();
      throw tooLarge(options.maxBytes, `: ${length}`);
    }
    const status = response.statusCode ?? 0;
    if (status !== 200 && !options.alsoStatus?.includes(status)) {
      response.destroy();
      throw new HttpGetFailed('status', `answered ${status}`);
    }
    for await (const piece of bounded(response, options.maxBytes)) onPiece(piece);
  } catch (error) {
    if (timeout.aborted) {
      throw new HttpGetFailed('timeout', `no answer within ${options.timeoutMs} ms`);
    }
    throw error;
  }
}

async function request(
  url: URL,
  { signal, tlsCa, tlsCert, tlsKey }: HttpGetOptions,
): Promise<IncomingMessage> {
  const tls: { ca?: Buffer; cert?: Buffer; key?: Buffer } = {};
  // Read each time: certificates are renewed while we run.
  if (tlsCa !== undefined) tls.ca = await readFile(tlsCa);
  if (tlsCert !== undefined) tls.cert = await readFile(tlsCert);
  if (tlsKey !== undefined) tls.key = await readFile(tlsKey);
  return await new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? getHttps(url, { signal, ...tls }, resolve)
        : getHttp(url, { signal }, resolve);
    request.on('error', reject);
  });
}

async function* bounded(response: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes, '');
    yield chunk;
  }
}

function tooLarge(maxBytes: number, size: string): HttpGetFailed {
  return new HttpGetFailed('too_large', `answer is larger than ${maxBytes} bytes${size}`);
}
