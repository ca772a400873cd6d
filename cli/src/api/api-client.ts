import { CONTRACT, type EndpointName, errorResponse, type ResponseOf } from '@hopline/model/api';
import { CliError, RequestRefused, ServerUnreachable } from '../errors.ts';

const TIMEOUT_MS = 15_000;

interface Request {
  params?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
}

/** Asks a Hopline server; answers are checked against the contract before anyone uses them. */
export class ApiClient {
  readonly baseUrl: string;

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
  }

  /** Throws ServerUnreachable, RequestRefused, or CliError for an answer that breaks the contract. */
  async get<Name extends EndpointName>(
    name: Name,
    request: Request = {},
  ): Promise<ResponseOf<Name>> {
    const url = this.#url(CONTRACT[name].path, request);
    const response = await this.#fetch(url);
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      const { data } = errorResponse.safeParse(body);
      throw new RequestRefused(
        url,
        response.status,
        data?.message ?? 'is that Hopline? It gave no reason',
      );
    }
    const parsed = CONTRACT[name].response.safeParse(body);
    if (parsed.success) return parsed.data as ResponseOf<Name>;
    const [issue] = parsed.error.issues;
    const where = issue ? `${issue.path.join('.')}: ${issue.message}` : 'not JSON';
    throw new CliError(
      'UNEXPECTED_ANSWER',
      `cannot read the answer of ${url} (${where}): is it a Hopline of another version?`,
    );
  }

  #url(path: string, { params = {}, query = {} }: Request): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, key: string) =>
      encodeURIComponent(params[key] ?? ''),
    );
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) search.set(key, String(value));
    }
    return `${this.baseUrl}${filled}${search.size > 0 ? `?${search}` : ''}`;
  }

  async #fetch(url: string): Promise<Response> {
    try {
      return await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      throw new ServerUnreachable(this.baseUrl, error);
    }
  }
}
