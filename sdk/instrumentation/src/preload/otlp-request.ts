import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { OtlpEndpoint } from './otlp-endpoint.ts';

/** What became of one request; a refused one would be refused again. */
export type Delivery =
  | { outcome: 'sent' }
  | { outcome: 'retry'; afterMs?: number; reason: string }
  | { outcome: 'refused'; reason: string };

/** OTLP/HTTP: these mean "later"; any other failure status means "never". */
const RETRYABLE = [429, 502, 503, 504];

/** As loaded, before anybody instruments them: our own exports are not the application's requests. */
const requests = { 'http:': httpRequest, 'https:': httpsRequest } as const;

/** One keep-alive connection to one endpoint. Nothing of it keeps the process alive. */
export class OtlpConnection {
  readonly #endpoint: OtlpEndpoint;
  readonly #timeoutMs: number;
  readonly #agent: HttpAgent;
  readonly #request: typeof httpRequest;

  constructor(endpoint: OtlpEndpoint, timeoutMs: number) {
    this.#endpoint = endpoint;
    this.#timeoutMs = timeoutMs;
    const secure = endpoint.url.protocol === 'https:';
    this.#request = requests[secure ? 'https:' : 'http:'];
    const options = { keepAlive: true, maxSockets: 1 };
    this.#agent = secure ? new HttpsAgent({ ...options, ...endpoint.tls }) : new HttpAgent(options);
  }

  /** Never rejects. */
  send(body: Uint8Array): Promise<Delivery> {
    return new Promise((resolve) => {
      const payload = this.#endpoint.gzip ? gzipSync(body) : body;
      const request = this.#request(this.#endpoint.url, this.#options(payload), (response) => {
        response.resume();
        response.once('error', (error) => resolve({ outcome: 'retry', reason: error.message }));
        response.once('end', () => {
          resolve(judge(response.statusCode ?? 0, response.headers['retry-after']));
        });
      });
      request.once('socket', (socket: Duplex & { unref?(): void }) => socket.unref?.());
      request.once('error', (error) => resolve({ outcome: 'retry', reason: error.message }));
      const timer = setTimeout(
        () => request.destroy(new Error(`no answer within ${this.#timeoutMs} ms`)),
        this.#timeoutMs,
      );
      timer.unref();
      request.once('close', () => clearTimeout(timer));
      request.end(payload);
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #options(payload: Uint8Array): RequestOptions {
    return {
      method: 'POST',
      agent: this.#agent,
      headers: {
        ...this.#endpoint.headers,
        'content-type': 'application/x-protobuf',
        'content-length': payload.length,
        ...(this.#endpoint.gzip ? { 'content-encoding': 'gzip' } : {}),
      },
    };
  }
}

function judge(status: number, retryAfter: string | undefined): Delivery {
  if (status >= 200 && status < 300) return { outcome: 'sent' };
  const reason = `HTTP status ${status}`;
  if (!RETRYABLE.includes(status)) return { outcome: 'refused', reason };
  const seconds = Number(retryAfter);
  return retryAfter !== undefined && Number.isFinite(seconds)
    ? { outcome: 'retry', afterMs: seconds * 1000, reason }
    : { outcome: 'retry', reason };
}
