import type { AssetDecoder } from '../endpoints/asset-decoder.ts';
import { ElementCutter } from '../endpoints/element-cutter.ts';
import { type Fields, listAt, numberAt, parseFields } from '../endpoints/fields.ts';
import { HttpGetFailed, type HttpGetReason } from '../errors.ts';
import { type HttpGetOptions, httpGet, httpGetPieces } from './http-get.ts';

export interface ClientLimits {
  /** Of one request to a server, whoever waits for it. */
  timeoutMs: number;
  /** Of one answer: 30,000 consumers are 39 MB. */
  maxBodyBytes: number;
  /** Of `/connz` in connections and of `/jsz` in accounts. */
  pageSize: number;
  /** Most pages of one answer. */
  maxPages: number;
}

/** The server's own; it is not named in the request then. */
export const SERVER_PAGE_SIZE = 1024;
const STREAMS_KEY = 'stream_detail';
const NO_ANSWER = 'the answer is not that of a nats-server';

export interface ClientOptions {
  base: URL;
  tlsCa?: string | undefined;
  /** Path of a client certificate and its key, for servers that ask for one. */
  tlsCert?: string | undefined;
  tlsKey?: string | undefined;
  limits: ClientLimits;
  signal: AbortSignal;
}

export type Parameters = Readonly<Record<string, string>>;

/** How one server is asked, over HTTP or over NATS. Rejects with a reason, see `reasonOf`. */
export interface ServerQuestions {
  get(endpoint: string, parameters?: Parameters): Promise<Fields>;
  getConnz(parameters: Parameters): Promise<Fields[]>;
  getAssets(parameters: Parameters, decoder: AssetDecoder): Promise<void>;
}

/** `/healthz` says "not well" by its status. */
const HEALTH_STATUSES = [400, 404, 500, 503];

/** The monitoring port of one server. Only GETs are sent. Rejects with a reason, see `reasonOf`. */
export class ServerClient implements ServerQuestions {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  async get(endpoint: string, parameters: Parameters = {}): Promise<Fields> {
    const text = await httpGet(this.#urlOf(endpoint, parameters), {
      ...this.#requestOptions(),
      ...(endpoint === 'healthz' ? { alsoStatus: HEALTH_STATUSES } : {}),
    });
    return fieldsOf(text);
  }

  /** All pages of `/connz`. */
  async getConnz(parameters: Parameters): Promise<Fields[]> {
    return await allPages({ parameters, limits: this.#options.limits }, async (page) => {
      const answer = await this.get('connz', page);
      const count = listAt(answer, 'connections').length;
      return { answer, count, total: numberAt(answer, 'total') };
    });
  }

  /** All pages of `/jsz`; each stream is decoded as it comes and let go. */
  async getJsz<T>(
    parameters: Parameters,
    decode: (stream: Fields) => T,
  ): Promise<{ rest: Fields; streams: T[] }[]> {
    return await allPages({ parameters, limits: this.#options.limits }, async (page) => {
      const streams: T[] = [];
      const cutter = new ElementCutter(STREAMS_KEY, (json) => streams.push(decode(fieldsOf(json))));
      const url = this.#urlOf('jsz', page);
      await httpGetPieces(url, this.#requestOptions(), (piece) => push(cutter, piece));
      const rest = restOf(cutter);
      const count = listAt(rest, 'account_details').length;
      return { answer: { rest, streams }, count, total: numberAt(rest, 'accounts') };
    });
  }

  /** The same into `decoder`, which lets the consumers go one by one too. */
  async getAssets(parameters: Parameters, decoder: AssetDecoder): Promise<void> {
    await allPages({ parameters, limits: this.#options.limits }, async (page) => {
      const cutter = decoder.page();
      const url = this.#urlOf('jsz', page);
      await httpGetPieces(url, this.#requestOptions(), (piece) => push(cutter, piece));
      const rest = restOf(cutter);
      if (!decoder.endPage(rest)) throw new HttpGetFailed('body', NO_ANSWER);
      const count = listAt(rest, 'account_details').length;
      return { answer: null, count, total: numberAt(rest, 'total') };
    });
  }

  #urlOf(endpoint: string, parameters: Parameters): URL {
    const url = new URL(endpoint, this.#options.base);
    url.search = new URLSearchParams(parameters).toString();
    return url;
  }

  #requestOptions(): HttpGetOptions {
    const { tlsCa, tlsCert, tlsKey, limits, signal } = this.#options;
    const { timeoutMs, maxBodyBytes: maxBytes } = limits;
    return { timeoutMs, maxBytes, tlsCa, tlsCert, tlsKey, signal };
  }
}

/** Asks page by page, until the server has no more. */
export async function allPages<T>(
  { parameters, limits }: { parameters: Parameters; limits: ClientLimits },
  ask: (page: Parameters) => Promise<{ answer: T; count: number; total: number }>,
): Promise<T[]> {
  const { pageSize, maxPages } = limits;
  const answers: T[] = [];
  for (let offset = 0; answers.length < maxPages; ) {
    const { answer, count, total } = await ask({
      ...parameters,
      ...(offset === 0 ? {} : { offset: String(offset) }),
      ...(pageSize === SERVER_PAGE_SIZE ? {} : { limit: String(pageSize) }),
    });
    answers.push(answer);
    offset += count;
    if (count === 0 || offset >= total) return answers;
  }
  throw new HttpGetFailed('too_large', `the answer has more than ${maxPages} pages`);
}

function push(cutter: ElementCutter, piece: Uint8Array): void {
  try {
    cutter.push(piece);
  } catch (error) {
    throw asBodyError(error);
  }
}

function restOf(cutter: ElementCutter): Fields {
  try {
    return fieldsOf(cutter.end());
  } catch (error) {
    throw asBodyError(error);
  }
}

const asBodyError = (error: unknown): unknown =>
  error instanceof SyntaxError ? new HttpGetFailed('body', error.message) : error;

function fieldsOf(json: string): Fields {
  const fields = parseFields(json);
  if (fields) return fields;
  throw new HttpGetFailed('body', NO_ANSWER);
}

/** In one word, for a label. */
export function reasonOf(error: unknown): HttpGetReason {
  return error instanceof HttpGetFailed ? error.reason : 'unreachable';
}
