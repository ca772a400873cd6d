import { ElementCutter } from '../endpoints/compat/element-cutter.ts';
import { STREAMS_KEY } from '../endpoints/compat/jsz.ts';
import { type Fields, listAt, numberAt, parseFields } from '../endpoints/fields.ts';
import { HttpGetFailed, type HttpGetReason } from '../errors.ts';
import { type HttpGetOptions, httpGet, httpGetPieces } from '../http-get.ts';
import { DEFAULT_LIMITS, type ExporterLimits } from './exporter-settings.ts';

export interface ClientOptions {
  base: URL;
  tlsCa?: string | undefined;
  limits: ExporterLimits;
  signal: AbortSignal;
}

type Parameters = Readonly<Record<string, string>>;

/** `/healthz` says "not well" by its status. */
const HEALTH_STATUSES = [400, 404, 500, 503];

/** The monitoring port of one server. Only GETs are sent. Rejects with a reason, see `reasonOf`. */
export class ServerClient {
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
    return await this.#pages(parameters, async (page) => {
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
    return await this.#pages(parameters, async (page) => {
      const streams: T[] = [];
      const cutter = new ElementCutter(STREAMS_KEY, (json) => streams.push(decode(fieldsOf(json))));
      const url = this.#urlOf('jsz', page);
      await httpGetPieces(url, this.#requestOptions(), (piece) => cutter.push(piece));
      const rest = restOf(cutter);
      const count = listAt(rest, 'account_details').length;
      return { answer: { rest, streams }, count, total: numberAt(rest, 'accounts') };
    });
  }

  async #pages<T>(
    parameters: Parameters,
    ask: (page: Parameters) => Promise<{ answer: T; count: number; total: number }>,
  ): Promise<T[]> {
    const { pageSize, maxPages } = this.#options.limits;
    const answers: T[] = [];
    for (let offset = 0; answers.length < maxPages; ) {
      const { answer, count, total } = await ask({
        ...parameters,
        ...(offset === 0 ? {} : { offset: String(offset) }),
        ...(pageSize === DEFAULT_LIMITS.pageSize ? {} : { limit: String(pageSize) }),
      });
      answers.push(answer);
      offset += count;
      if (count === 0 || offset >= total) return answers;
    }
    throw new HttpGetFailed('too_large', `the answer has more than ${maxPages} pages`);
  }

  #urlOf(endpoint: string, parameters: Parameters): URL {
    const url = new URL(endpoint, this.#options.base);
    url.search = new URLSearchParams(parameters).toString();
    return url;
  }

  #requestOptions(): HttpGetOptions {
    const { tlsCa, limits, signal } = this.#options;
    return { timeoutMs: limits.timeoutMs, maxBytes: limits.maxBodyBytes, tlsCa, signal };
  }
}

function restOf(cutter: ElementCutter): Fields {
  try {
    return fieldsOf(cutter.end());
  } catch (error) {
    if (error instanceof SyntaxError) throw new HttpGetFailed('body', error.message);
    throw error;
  }
}

function fieldsOf(json: string): Fields {
  const fields = parseFields(json);
  if (fields) return fields;
  throw new HttpGetFailed('body', 'the answer is not that of a nats-server');
}

/** In one word, for a label. */
export function reasonOf(error: unknown): HttpGetReason {
  return error instanceof HttpGetFailed ? error.reason : 'unreachable';
}
