import { type Fields, listAt, numberAt, parseFields } from '../endpoints/fields.ts';
import { HttpGetFailed, type HttpGetReason } from '../errors.ts';
import { httpGet } from '../http-get.ts';
import type { ExporterLimits } from './exporter-settings.ts';

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
    const { base, tlsCa, limits, signal } = this.#options;
    const url = new URL(endpoint, base);
    url.search = new URLSearchParams(parameters).toString();
    const text = await httpGet(url, {
      timeoutMs: limits.timeoutMs,
      maxBytes: limits.maxBodyBytes,
      tlsCa,
      signal,
      ...(endpoint === 'healthz' ? { alsoStatus: HEALTH_STATUSES } : {}),
    });
    const answer = parseFields(text);
    if (!answer) throw new HttpGetFailed('body', 'the answer is not that of a nats-server');
    return answer;
  }

  /** All pages of `list`, of which the server has as many as `total` says. */
  async getPages(
    endpoint: string,
    parameters: Parameters,
    pages: { list: string; totalOf(answer: Fields): number },
  ): Promise<Fields[]> {
    const { pageSize, maxPages } = this.#options.limits;
    const answers: Fields[] = [];
    for (let offset = 0; answers.length < maxPages; ) {
      const answer = await this.get(endpoint, {
        ...parameters,
        ...(offset === 0 ? {} : { offset: String(offset) }),
        ...(pageSize === 1024 ? {} : { limit: String(pageSize) }),
      });
      answers.push(answer);
      const count = listAt(answer, pages.list).length;
      offset += count;
      if (count === 0 || offset >= pages.totalOf(answer)) return answers;
    }
    throw new HttpGetFailed('too_large', `the answer has more than ${maxPages} pages`);
  }

  async getConnz(parameters: Parameters): Promise<Fields[]> {
    return await this.getPages('connz', parameters, {
      list: 'connections',
      totalOf: (answer) => numberAt(answer, 'total'),
    });
  }

  async getJsz(parameters: Parameters): Promise<Fields[]> {
    return await this.getPages('jsz', parameters, {
      list: 'account_details',
      totalOf: (answer) => numberAt(answer, 'accounts'),
    });
  }
}

/** In one word, for a label. */
export function reasonOf(error: unknown): HttpGetReason {
  return error instanceof HttpGetFailed ? error.reason : 'unreachable';
}
