import type {
  AccountTraffic,
  ConnectionView,
  EndpointState,
  JetStreamFigures,
  RaftGroup,
  ServerFigures,
  ServerLink,
  SubjectMatching,
} from '@hopline/model/api';
import { AssetDecoder } from '../endpoints/asset-decoder.ts';
import { connectionView } from '../endpoints/connection-view.ts';
import { type Fields, listAt } from '../endpoints/fields.ts';
import type { ReportedAsset } from '../endpoints/jetstream-asset.ts';
import { jetstreamFigures, serverFigures } from '../endpoints/server-figures.ts';
import { gatewayLinks, leafLinks, routeLinks } from '../endpoints/server-links.ts';
import {
  accountTraffic,
  busyQueues,
  healthOf,
  raftGroups,
  subjectMatching,
} from '../endpoints/server-parts.ts';
import { decodeVarz, type ServerIdentity } from '../endpoints/varz.ts';
import { inWords } from '../errors.ts';
import { httpBase } from '../transport/http-base.ts';
import { reasonOf, ServerClient, type ServerQuestions } from '../transport/server-client.ts';
import { type AskSystem, SystemClient } from '../transport/system-client.ts';
import { AccountBook } from './account-book.ts';

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
  tlsCert?: string | undefined;
  tlsKey?: string | undefined;
  signal: AbortSignal;
  /** Default 128 MiB: 30,000 consumers answer with 39 MB. */
  maxBodyBytes?: number | undefined;
  /** Default 1024, the server's own; it has no pages of streams or consumers. */
  accountsPerPage?: number | undefined;
  /**
   * Names the RAFT groups of single replicas too; a server spends a quarter to a half more on its `/jsz`
   * (bench/results/sweep.md). Default false.
   */
  allRaftGroups?: boolean | undefined;
}

/** What one server said in one sweep. What it did not answer is empty and stands in `endpoints`. */
export interface ServerAnswer {
  /** Null when it gave no `/varz`. */
  identity: ServerIdentity | null;
  figures: ServerFigures | null;
  jetstream: JetStreamFigures | null;
  health: 'ok' | 'error' | '';
  healthError: string;
  links: ServerLink[];
  queues: { name: string; pending: number }[];
  matching: SubjectMatching | null;
  accounts: AccountTraffic[];
  raft: RaftGroup[];
  assets: ReportedAsset[];
  connections: ConnectionView[];
  closed: ConnectionView[];
  /** Names of servers it knows of. */
  peers: string[];
  endpoints: EndpointState[];
}

interface AskedAt {
  /** A URL without credentials, or the subject it is asked by. */
  address: string;
  client: ServerQuestions;
  allRaftGroups: boolean | undefined;
}

const MAX_BODY_BYTES = 128 * 1024 * 1024;
const ASSET_PARAMETERS = {
  accounts: 'true',
  streams: 'true',
  consumers: 'true',
  config: 'true',
};
const PAGE_SIZE = 1024;
const MAX_PAGES = 1000;
/** Newest closed connections asked for in a sweep; the server keeps 10,000. */
const CLOSED_CONNECTIONS = 512;

/** The monitoring port of one nats-server (`http_port`). Only GETs are sent. */
export class MonitoringServer {
  readonly #client: ServerQuestions;
  readonly #assetParameters: Readonly<Record<string, string>>;
  readonly #accounts = new AccountBook();
  readonly #lastSuccess = new Map<string, string>();
  #status: MonitoringStatus;

  constructor({ address, client, allRaftGroups = false }: AskedAt) {
    this.#client = client;
    this.#assetParameters = { ...ASSET_PARAMETERS, ...(allRaftGroups ? { raft: 'true' } : {}) };
    this.#status = {
      url: address,
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

  /** Asks once; what it has is returned, what fails is in the status and in `endpoints`. */
  async ask(): Promise<ServerAnswer> {
    const answer = emptyAnswer();
    const varz = await this.#part('varz', answer, async () => {
      const fields = await this.#client.get('varz');
      const identity = decodeVarz(fields);
      if (!identity) throw new Error('the answer is not that of a nats-server');
      return { fields, identity };
    });
    if (!varz) {
      const { error } = answer.endpoints[0]!;
      const words = `cannot read ${this.#status.url}/varz: ${error}`;
      this.#status = { ...this.#status, up: false, error: words };
      return answer;
    }
    const { fields, identity } = varz;
    answer.identity = identity;
    answer.figures = serverFigures(fields);
    answer.jetstream = jetstreamFigures(fields);
    this.#status = {
      url: this.#status.url,
      up: true,
      server: identity.name,
      version: identity.version,
      lastSuccess: now(),
      error: '',
    };
    await this.#askRest(answer, identity);
    const failed = answer.endpoints.find(({ up }) => !up);
    if (failed) {
      this.complain(`cannot read ${this.#status.url}/${failed.endpoint}: ${failed.error}`);
    }
    return answer;
  }

  async #askRest(answer: ServerAnswer, identity: ServerIdentity): Promise<void> {
    const client = this.#client;
    const get = (endpoint: string, take: (fields: Fields) => void, parameters = {}) =>
      this.#part(endpoint, answer, async () => {
        take(await client.get(endpoint, parameters));
        return true;
      });
    const [limits] = await Promise.all([
      this.#part('accountz', answer, () => this.#accounts.ask(client)),
      this.#part('jsz', answer, () => this.#askAssets(answer, identity)),
      this.#part('connz', answer, () => this.#askConnections(answer, identity)),
      get('healthz', (fields) => Object.assign(answer, healthOf(fields))),
      get('routez', (fields) => void answer.links.push(...routeLinks(fields))),
      get('gatewayz', (fields) => void answer.links.push(...gatewayLinks(fields))),
      get('leafz', (fields) => void answer.links.push(...leafLinks(fields))),
      get('subsz', (fields) => {
        answer.matching = subjectMatching(fields);
      }),
      get('accstatz', (fields) => void answer.accounts.push(...accountTraffic(fields)), {
        unused: '1',
      }),
      get('raftz', (fields) => void answer.raft.push(...raftGroups(fields))),
      get('ipqueuesz', (fields) => void answer.queues.push(...busyQueues(fields))),
    ]);
    answer.accounts = answer.accounts.map((account) => ({
      ...account,
      limits: limits?.get(account.account) ?? null,
    }));
    answer.endpoints.sort((one, other) => orderOf(one.endpoint) - orderOf(other.endpoint));
    for (const { kind, remote } of answer.links) {
      if (kind === 'route') answer.peers.push(remote);
    }
  }

  async #askAssets(answer: ServerAnswer, server: ServerIdentity): Promise<true> {
    const decoder = new AssetDecoder(server);
    await this.#client.getAssets(this.#assetParameters, decoder);
    answer.assets = decoder.assets;
    answer.peers.push(...decoder.peers);
    if (answer.jetstream) Object.assign(answer.jetstream, decoder.totals, { usage: decoder.usage });
    return true;
  }

  async #askConnections(answer: ServerAnswer, { name }: ServerIdentity): Promise<true> {
    const pages = await this.#client.getConnz({ auth: 'true', subs: 'true' });
    for (const page of pages) {
      for (const one of listAt(page, 'connections')) {
        answer.connections.push(connectionView(one, name));
      }
    }
    const closed = await this.#client.get('connz', {
      state: 'closed',
      sort: 'stop',
      auth: 'true',
      subs: 'true',
      limit: String(CLOSED_CONNECTIONS),
    });
    answer.closed = listAt(closed, 'connections').map((one) => connectionView(one, name));
    return true;
  }

  /** Asks for one endpoint and writes down how that went. */
  async #part<T>(
    endpoint: string,
    { endpoints }: ServerAnswer,
    ask: () => Promise<T>,
  ): Promise<T | null> {
    const started = performance.now();
    const state = (error: unknown): EndpointState => ({
      endpoint,
      up: error === null,
      error: error === null ? '' : inWords(error),
      reason: error === null ? '' : reasonOf(error),
      durationMs: performance.now() - started,
      lastSuccess: this.#lastSuccess.get(endpoint) ?? null,
    });
    try {
      const found = await ask();
      this.#lastSuccess.set(endpoint, now());
      endpoints.push(state(null));
      return found;
    } catch (error) {
      // A server without RAFT groups, or older than the endpoint, has nothing to say there.
      if (isOptional(endpoint) && /answered 404/.test(inWords(error))) return null;
      endpoints.push(state(error));
      return null;
    }
  }
}

/** Throws MonitorSettingsError for what is no http(s) URL. */
export function serverAtUrl(url: string, options: MonitoringServerOptions): MonitoringServer {
  const base = httpBase(url);
  const { tlsCa, tlsCert, tlsKey, signal, allRaftGroups } = options;
  const client = new ServerClient({
    base,
    tlsCa,
    tlsCert,
    tlsKey,
    signal,
    limits: clientLimits(options),
  });
  const shown = new URL(base);
  shown.username = shown.password = '';
  return new MonitoringServer({ address: shown.href.replace(/\/$/, ''), client, allRaftGroups });
}

/** A server that is asked by its id; it has no URL of its own. */
export function serverAtId(
  server: { id: string; name: string },
  ask: AskSystem,
  options: Omit<MonitoringServerOptions, 'tlsCa' | 'tlsCert' | 'tlsKey' | 'signal'>,
): MonitoringServer {
  const client = new SystemClient({ server, ask, limits: clientLimits(options) });
  const { allRaftGroups } = options;
  return new MonitoringServer({ address: `$SYS.REQ.SERVER.${server.id}`, client, allRaftGroups });
}

const clientLimits = ({
  timeoutMs,
  maxBodyBytes = MAX_BODY_BYTES,
  accountsPerPage = PAGE_SIZE,
}: Pick<MonitoringServerOptions, 'timeoutMs' | 'maxBodyBytes' | 'accountsPerPage'>) => ({
  timeoutMs,
  maxBodyBytes,
  pageSize: accountsPerPage,
  maxPages: MAX_PAGES,
});

/** The answer of a server that said nothing. */
export function emptyAnswer(): ServerAnswer {
  return {
    identity: null,
    figures: null,
    jetstream: null,
    health: '',
    healthError: '',
    links: [],
    queues: [],
    matching: null,
    accounts: [],
    raft: [],
    assets: [],
    connections: [],
    closed: [],
    peers: [],
    endpoints: [],
  };
}

const ORDER = ['varz', 'jsz', 'connz', 'healthz'];
const orderOf = (endpoint: string): number => {
  const at = ORDER.indexOf(endpoint);
  return at < 0 ? ORDER.length : at;
};

const isOptional = (endpoint: string): boolean =>
  endpoint === 'raftz' || endpoint === 'ipqueuesz' || endpoint === 'accstatz';

const now = (): string => (BigInt(Date.now()) * 1_000_000n).toString();
