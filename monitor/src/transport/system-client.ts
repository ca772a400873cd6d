import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Msg } from '@nats-io/nats-core';
import type { AssetDecoder } from '../endpoints/asset-decoder.ts';
import type { ElementCutter } from '../endpoints/element-cutter.ts';
import {
  type Fields,
  fieldsAt,
  isFields,
  listAt,
  numberAt,
  parseFields,
} from '../endpoints/fields.ts';
import { HttpGetFailed } from '../errors.ts';
import {
  allPages,
  type ClientLimits,
  type Parameters,
  type ServerQuestions,
} from './server-client.ts';

/** Asks over NATS what only reads; rejects when nobody answers. */
export type AskSystem = (subject: string, body: object, timeoutMs: number) => Promise<Msg>;

export interface SystemClientOptions {
  server: { id: string; name: string };
  ask: AskSystem;
  limits: ClientLimits;
}

/** Bytes decoded between two looks at the end of an answer. */
const PIECE_BYTES = 64 * 1024;
const unzip = promisify(gunzip);
const NUMBERS = new Set(['offset', 'limit']);
/** Where a parameter of HTTP has another name in the body of a request. */
const BODY_KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  connz: { subs: 'subscriptions' },
  jsz: { consumers: 'consumer' },
  accountz: { acc: 'account' },
  accstatz: { unused: 'include_unused' },
};
/** `ConnState` of nats-server, server/monitor.go. */
const CONNECTION_STATES: Readonly<Record<string, number>> = { open: 0, closed: 1, any: 2 };

/**
 * One server, asked by a user of the system account: `$SYS.REQ.SERVER.<id>.<WHAT>` answers what the
 * endpoint of that name answers, in an envelope and packed by gzip. Rejects with a reason, see `reasonOf`.
 */
export class SystemClient implements ServerQuestions {
  readonly #options: SystemClientOptions;

  constructor(options: SystemClientOptions) {
    this.#options = options;
  }

  async get(endpoint: string, parameters: Parameters = {}): Promise<Fields> {
    return dataOf(parseFields((await this.#bytes(endpoint, parameters)).toString('utf8')));
  }

  async getConnz(parameters: Parameters): Promise<Fields[]> {
    const { limits } = this.#options;
    return await allPages({ parameters, limits }, async (page) => {
      const answer = await this.get('connz', page);
      const count = listAt(answer, 'connections').length;
      return { answer, count, total: numberAt(answer, 'total') };
    });
  }

  async getAssets(parameters: Parameters, decoder: AssetDecoder): Promise<void> {
    const { limits } = this.#options;
    await allPages({ parameters, limits }, async (page) => {
      const bytes = await this.#bytes('jsz', page);
      const rest = dataOf(parseFields(cut(decoder.page(), bytes)));
      if (!decoder.endPage(rest)) throw new HttpGetFailed('body', NO_ANSWER);
      const count = listAt(rest, 'account_details').length;
      return { answer: null, count, total: numberAt(rest, 'total') };
    });
  }

  async #bytes(endpoint: string, parameters: Parameters): Promise<Buffer> {
    const { ask, limits } = this.#options;
    const { subject, body } = this.#questionOf(endpoint, parameters);
    const answer = await ask(subject, body, limits.timeoutMs).catch((error: unknown) => {
      throw asReason(error, endpoint, limits.timeoutMs);
    });
    const { maxBodyBytes: maxOutputLength } = limits;
    if (answer.data.length > maxOutputLength) throw tooLarge(maxOutputLength);
    if (answer.headers?.get('Content-Encoding') !== 'gzip') return Buffer.from(answer.data);
    return await unzip(answer.data, { maxOutputLength }).catch((error: unknown) => {
      const { code, message } = error as NodeJS.ErrnoException;
      throw code === 'ERR_BUFFER_TOO_LARGE'
        ? tooLarge(maxOutputLength)
        : new HttpGetFailed('body', message);
    });
  }

  #questionOf(endpoint: string, parameters: Parameters): { subject: string; body: object } {
    const { id, name } = this.#options.server;
    const body = bodyOf(endpoint, parameters);
    // Asked of all servers, answered by the one that is named: there is no such question of one.
    return endpoint === 'accstatz'
      ? {
          subject: '$SYS.REQ.ACCOUNT.PING.STATZ',
          body: { ...body, server_name: name, exact_match: true },
        }
      : { subject: `$SYS.REQ.SERVER.${id}.${endpoint.toUpperCase()}`, body };
  }
}

const NO_ANSWER = 'the answer is not that of a nats-server';

const tooLarge = (maxBytes: number): HttpGetFailed =>
  new HttpGetFailed('too_large', `answer is larger than ${maxBytes} bytes`);

/** The parameters of a GET as the server reads them from the body of a request. */
function bodyOf(endpoint: string, parameters: Parameters): Record<string, unknown> {
  const keys = BODY_KEYS[endpoint] ?? {};
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [keys[key] ?? key, inBody(key, value)]),
  );
}

function inBody(key: string, value: string): unknown {
  if (key === 'state') return CONNECTION_STATES[value];
  if (NUMBERS.has(key)) return Number(value);
  return value === 'true' || (key === 'unused' && value === '1') ? true : value;
}

/** What stands in the envelope, or the refusal in it. */
function dataOf(envelope: Fields | null): Fields {
  if (!envelope) throw new HttpGetFailed('body', NO_ANSWER);
  const error = fieldsAt(envelope, 'error');
  const code = numberAt(error, 'code');
  if (code > 0) {
    throw new HttpGetFailed('status', `answered ${code}: ${String(error['description'])}`);
  }
  if (!isFields(envelope['data'])) throw new HttpGetFailed('body', NO_ANSWER);
  return envelope['data'];
}

function cut(cutter: ElementCutter, bytes: Uint8Array): string {
  try {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      cutter.push(bytes.subarray(at, at + PIECE_BYTES));
    }
    return cutter.end();
  } catch (error) {
    throw error instanceof SyntaxError ? new HttpGetFailed('body', error.message) : error;
  }
}

function asReason(error: unknown, endpoint: string, timeoutMs: number): unknown {
  const { name } = error as Error;
  if (name === 'TimeoutError') {
    return new HttpGetFailed('timeout', `no answer within ${timeoutMs} ms`);
  }
  // Nobody listens: the server is gone, or is older than the question.
  if (name === 'NoRespondersError' || /no responders/i.test((error as Error).message)) {
    return endpoint === 'varz'
      ? new HttpGetFailed('unreachable', 'no server answers to this id')
      : new HttpGetFailed('status', 'answered 404: the server has no such question');
  }
  return error;
}
