import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestFromJson } from '../otlp/json.ts';
import {
  type Encoding,
  exportResponse,
  RPC_CODE,
  type RpcCode,
  rpcStatus,
} from '../otlp/responses.ts';
import { OTLP_SIGNALS, type OtlpSignal } from '../otlp/shapes.ts';
import type { Admission } from './admit.ts';
import { DECODERS, readBody, SenderGone } from './http-body.ts';
import { hostPort, listening } from './listening.ts';
import type { IntakeObserver, Refusal } from './observer.ts';

export interface OtlpHttpOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  admission: Admission;
  observer: IntakeObserver;
}

const RETRY_AFTER_SECONDS = 1;
/** Of headers and body together: a slow sender holds its bytes in flight no longer. */
const REQUEST_TIMEOUT_MS = 30_000;

const CLOSE_GRACE_MS = 5_000;

interface Answer {
  httpStatus: number;
  body: Uint8Array;
  encoding: Encoding;
  headers?: Record<string, string>;
}

interface Failure {
  httpStatus: number;
  code: RpcCode;
  refusal: Refusal;
  headers?: Record<string, string>;
}

/** How a request fails: its status on both layers. */
const FAILURES = {
  broken: { httpStatus: 400, code: RPC_CODE.invalidArgument, refusal: 'broken' },
  'not found': { httpStatus: 404, code: RPC_CODE.notFound, refusal: 'unsupported' },
  method: {
    httpStatus: 405,
    code: RPC_CODE.unimplemented,
    refusal: 'unsupported',
    headers: { allow: 'POST' },
  },
  'too large': { httpStatus: 413, code: RPC_CODE.resourceExhausted, refusal: 'too large' },
  'media type': { httpStatus: 415, code: RPC_CODE.unimplemented, refusal: 'unsupported' },
  retry: {
    httpStatus: 503,
    code: RPC_CODE.unavailable,
    refusal: 'retry later',
    headers: { 'retry-after': `${RETRY_AFTER_SECONDS}` },
  },
} satisfies Record<string, Failure>;

const MEDIA_TYPES: ReadonlyMap<string, Encoding> = new Map([
  ['application/x-protobuf', 'protobuf'],
  ['application/json', 'json'],
]);
const MEDIA_TYPE_OF: Record<Encoding, string> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};
const PATHS = new Map<string, OtlpSignal>(OTLP_SIGNALS.map((signal) => [`/v1/${signal}`, signal]));

/**
 * OTLP/HTTP 1.11. Bare `node:http`: three fixed paths need no router, and answers, decompression and
 * limits here all differ from a framework's.
 */
export class OtlpHttpServer implements AsyncDisposable {
  readonly #server: Server;
  readonly url: string;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(options: OtlpHttpOptions): Promise<OtlpHttpServer> {
    const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      void serve(request, response, { ...options, server });
    });
    await listening(server, { ...options, setting: 'otlp.httpPort, flag --otlp-http-port' });
    const { port } = server.address() as AddressInfo;
    return new OtlpHttpServer(server, `http://${hostPort(options.host, port)}`);
  }

  /** Takes no new request and waits for those under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.#server.closeAllConnections(), CLOSE_GRACE_MS);
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeIdleConnections();
    await closed;
    clearTimeout(timer);
  }
}

/** Never rejects. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: OtlpHttpOptions & { server: Server },
): Promise<void> {
  let answered: Answer;
  try {
    answered = await answer(request, options);
  } catch (error) {
    if (error instanceof SenderGone) {
      response.destroy();
      return;
    }
    options.observer.trouble('cannot answer an OTLP/HTTP request', error);
    answered = failed(FAILURES.retry, 'json', 'internal error, try again');
  }
  const { httpStatus, body, encoding, headers } = answered;
  // A closing server takes no further request on this connection.
  response.shouldKeepAlive &&= options.server.listening;
  response.writeHead(httpStatus, {
    'content-type': MEDIA_TYPE_OF[encoding],
    'content-length': body.length,
    ...headers,
  });
  response.end(body);
}

async function answer(request: IncomingMessage, options: OtlpHttpOptions): Promise<Answer> {
  const { admission, observer } = options;
  const { limits } = admission;
  const contentType = (request.headers['content-type'] ?? '').split(';', 1)[0]!;
  const encoding = MEDIA_TYPES.get(contentType.trim().toLowerCase());

  const fail = (kind: keyof typeof FAILURES, message: string): Answer => {
    const failure: Failure = FAILURES[kind];
    observer.refused('http', failure.refusal, message);
    return failed(failure, encoding ?? 'json', message);
  };

  const path = (request.url ?? '').split('?', 1)[0]!;
  const signal = PATHS.get(path);
  if (signal === undefined) return fail('not found', `no such path: ${path.slice(0, 100)}`);
  if (request.method !== 'POST') return fail('method', `cannot ${request.method}: use POST`);
  if (encoding === undefined) {
    const known = [...MEDIA_TYPES.keys()].join(' or ');
    return fail('media type', `cannot read content type "${contentType}": use ${known}`);
  }
  const compression = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  const decoder = DECODERS.get(compression);
  if (decoder === undefined) {
    return fail('media type', `cannot read content encoding "${compression}": use gzip`);
  }
  const maxBytes = encoding === 'json' ? limits.maxJsonBytes : limits.maxRequestBytes;
  const tooLarge = `the request is larger than ${maxBytes} bytes`;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return fail('too large', tooLarge);

  const body = await readBody(request, { decoder, maxBytes, admission });
  if (body.status === 'too large') return fail('too large', tooLarge);
  if (body.status !== 'ok') return fail(body.status, body.reason);
  try {
    const read = encoding === 'json' ? requestFromJson(signal, body.bytes) : body;
    if (read.status === 'broken') return fail('broken', read.reason);
    const admitted = await admission.admit('http', signal, read.bytes);
    if (admitted.status === 'accepted') {
      const answerBody = exportResponse(signal, encoding, admitted.rejected);
      return { httpStatus: 200, body: answerBody, encoding };
    }
    return failed(FAILURES[admitted.status], encoding, admitted.reason);
  } finally {
    admission.release(body.reservedBytes);
  }
}

function failed(failure: Failure, encoding: Encoding, message: string): Answer {
  const { httpStatus, code, headers } = failure;
  const body = rpcStatus(encoding, { code, message });
  return { httpStatus, body, encoding, ...(headers ? { headers } : {}) };
}
