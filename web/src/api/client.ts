import type { CONTRACT, EndpointName, ParamsOf, QueryOf, ResponseOf } from '@hopline/model/api';
import { ApiError } from './errors.ts';

interface RequestOptions<Name extends EndpointName> {
  params?: ParamsOf<Name>;
  query?: QueryOf<Name>;
  signal?: AbortSignal;
}

/**
 * Asks one resource of the contract. Only the contract's types are used here: page and server come
 * from one build, so the browser does not carry the validators.
 * @throws ApiError for every answer that is not 2xx and for none at all.
 */
export async function request<Name extends EndpointName>(
  path: (typeof CONTRACT)[Name]['path'],
  options: RequestOptions<Name> = {},
): Promise<ResponseOf<Name>> {
  const url = requestUrl(path, options.params ?? {}, options.query ?? {});
  const response = await fetchOrFail(url, options.signal);
  if (!response.ok) throw await errorOf(response, url);
  try {
    return (await response.json()) as ResponseOf<Name>;
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError(`cannot read ${url}: the answer is not JSON`, {
      status: response.status,
      code: 'unreadable',
      cause,
    });
  }
}

/** The path with its `{params}` filled in and the query behind it; undefined values are left out. */
export function requestUrl(path: string, params: object, query: object): string {
  const values = params as Record<string, unknown>;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(values[name])),
  );
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${filled}?${text}` : filled;
}

async function fetchOrFail(url: string, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(url, { headers: { accept: 'application/json' }, signal: signal ?? null });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError('The Hopline server does not answer.', {
      status: 0,
      code: 'unreachable',
      cause,
    });
  }
}

async function errorOf(response: Response, url: string): Promise<ApiError> {
  const fallback = {
    code: `http-${response.status}`,
    message: `${url} answered ${response.status}`,
  };
  const body = await response.json().catch(() => fallback);
  const { code, message } = typeof body === 'object' && body !== null ? body : fallback;
  return new ApiError(typeof message === 'string' ? message : fallback.message, {
    status: response.status,
    code: typeof code === 'string' ? code : fallback.code,
  });
}
