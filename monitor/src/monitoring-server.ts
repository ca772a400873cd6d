import { decodeJsz, type ReportedAsset } from './endpoints/jsz.ts';
import { decodeVarz, type ServerIdentity } from './endpoints/varz.ts';
import { inWords, MonitorSettingsError } from './errors.ts';
import { httpGet } from './http-get.ts';

/** One monitoring URL, as the status shows it. */
export interface MonitoringStatus {
  /** Without credentials. */
  url: string;
  /** It answered `/varz` in the last sweep. */
  up: boolean;
  /** Name and version it gave when it last answered; '' before. */
  server: string;
  version: string;
  /** Unix ns, our clock; null before the first answer. */
  lastSuccess: string | null;
  /** What is wrong, in words; '' when all is well. */
  error: string;
}

export interface MonitoringServerOptions {
  timeoutMs: number;
  tlsCa?: string | undefined;
  signal: AbortSignal;
  /** Default 128 MiB: 30,000 consumers answer with 39 MB. */
  maxBodyBytes?: number | undefined;
  /** Default 1024, the server's own; it has no pages of streams or consumers. */
  accountsPerPage?: number | undefined;
}

const MAX_BODY_BYTES = 128 * 1024 * 1024;
const ACCOUNTS_PER_PAGE = 1024;
const MAX_PAGES = 1000;

/** The monitoring port of one nats-server (`http_port`). Only GETs are sent. */
export class MonitoringServer {
  readonly #base: URL;
  readonly #options: MonitoringServerOptions;
  #status: MonitoringStatus;

  /** Throws MonitorSettingsError for what is no http(s) URL. */
  constructor(url: string, options: MonitoringServerOptions) {
    this.#base = baseUrl(url);
    this.#options = options;
    const shown = new URL(this.#base);
    shown.username = shown.password = '';
    this.#status = {
      url: shown.href.replace(/\/$/, ''),
      up: false,
      server: '',
      version: '',
      lastSuccess: null,
      error: 'not asked yet',
    };
  }

  get status(): MonitoringStatus {
    return this.#status;
  }

  /** Something that is wrong although the server answers. */
  complain(error: string): void {
    this.#status = { ...this.#status, error };
  }

  /** Asks once; what it has is returned, what fails is in the status. */
  async ask(): Promise<ReportedAsset[]> {
    const server = await this.#askIdentity();
    if (!server) return [];
    try {
      return await this.#askAssets(server);
    } catch (error) {
      this.complain(`cannot read ${this.#status.url}/jsz: ${inWords(error)}`);
      return [];
    }
  }

  async #askIdentity(): Promise<ServerIdentity | null> {
    try {
      const server = decodeVarz(await this.#get('varz'));
      if (!server) throw new Error('the answer is not that of a nats-server');
      this.#status = {
        url: this.#status.url,
        up: true,
        server: server.name,
        version: server.version,
        lastSuccess: (BigInt(Date.now()) * 1_000_000n).toString(),
        error: '',
      };
      return server;
    } catch (error) {
      const words = `cannot read ${this.#status.url}/varz: ${inWords(error)}`;
      this.#status = { ...this.#status, up: false, error: words };
      return null;
    }
  }

  async #askAssets(server: ServerIdentity): Promise<ReportedAsset[]> {
    const assets: ReportedAsset[] = [];
    for (let page = 0, offset = 0; page < MAX_PAGES; page++) {
      const text = await this.#get('jsz', {
        accounts: 'true',
        streams: 'true',
        consumers: 'true',
        config: 'true',
        offset: String(offset),
        limit: String(this.#options.accountsPerPage ?? ACCOUNTS_PER_PAGE),
      });
      const answer = decodeJsz(text, server);
      if (!answer) throw new Error('the answer is not that of a nats-server');
      assets.push(...answer.assets);
      offset += answer.accounts;
      if (answer.accounts === 0 || offset >= answer.totalAccounts) break;
    }
    return assets;
  }

  #get(endpoint: string, parameters: Record<string, string> = {}): Promise<string> {
    const url = new URL(endpoint, this.#base);
    url.search = new URLSearchParams(parameters).toString();
    return httpGet(url, {
      ...this.#options,
      maxBytes: this.#options.maxBodyBytes ?? MAX_BODY_BYTES,
    });
  }
}

/** With one slash at its end, so that a base path stays: the server redirects `//varz`. */
function baseUrl(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new MonitorSettingsError(
      `cannot use monitoring URL ${JSON.stringify(text)}: expected http://host:8222`,
    );
  }
  url.search = url.hash = '';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/`;
  return url;
}
