import { setTimeout as sleep } from 'node:timers/promises';
import { headers, type Msg, type NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { inWords } from '../errors.ts';
import { backoffMs } from './backoff.ts';
import {
  connectionOptions,
  type NatsServer,
  type NatsSettings,
  parseNatsServer,
} from './nats-settings.ts';
import { isRead } from './read-requests.ts';

export interface ConnectionState {
  /** `connecting`: not known yet. `disconnected`: it failed or was lost, and is tried again. */
  state: 'connecting' | 'connected' | 'disconnected';
  /** Name of the server it is connected to; '' otherwise. */
  server: string;
  /** What went wrong last, in words; '' when all is well. While connected: refused subscriptions. */
  error: string;
}

export interface Subscription {
  subject: string;
  onMessage(message: Msg): void;
  /** A refusal is no error then, and is not asked again. Default false. */
  isOptional?: boolean;
}

export interface ConnectionOptions {
  nats: NatsSettings;
  subscriptions: Subscription[];
  onState(state: ConnectionState): void;
  /** `onMessage` threw: a fault of ours. */
  onMessageError?: ((error: unknown) => void) | undefined;
  /** Name shown in the servers' lists of connections. */
  name?: string | undefined;
  /** Longest wait between two rounds through the servers. */
  maxBackoffMs?: number | undefined;
}

const BASE_BACKOFF_MS = 250;
const DIAL_TIMEOUT_MS = 5_000;
/** A silent server is given up after two unanswered pings. */
const PING_INTERVAL_MS = 10_000;
/** Past a question's own time. */
const GRACE_MS = 500;
const MAX_GOSSIPED_SERVERS = 100;

/**
 * A permanent, listening connection: it subscribes, and asks nothing but what only reads. The retry loop is ours, not the
 * client's: the client stops at the second authorization error, hides the errors of the first connect
 * and calls its delay handler twice per dial.
 */
export class Connection implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #seeds: NatsServer[];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #live: NatsConnection | null = null;
  #state: ConnectionState = { state: 'connecting', server: '', error: '' };
  #gossiped: NatsServer[] = [];

  /** Throws MonitorSettingsError for a server URL that can never work. */
  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#seeds = options.nats.servers.map(parseNatsServer);
    this.#running = this.#run();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The configured servers without credentials. */
  get servers(): string[] {
    return this.#seeds.map((server) => server.url);
  }

  /**
   * Asks a question that changes nothing (`read-requests.ts`; any other throws). Rejects when there is no
   * connection, no answer in time, or no permission. What servers answer of themselves may be packed by gzip.
   */
  async ask(subject: string, body: object | null, timeoutMs: number): Promise<Msg> {
    if (!isRead(subject))
      throw new TypeError(`cannot ask ${subject}: it is not known to only read`);
    if (!this.#live) throw new Error('cannot ask: not connected');
    const payload = body === null ? '' : JSON.stringify(body);
    return await this.#within(
      this.#request(this.#live, subject, { payload, timeoutMs }),
      timeoutMs,
    );
  }

  async #request(
    live: NatsConnection,
    subject: string,
    { payload, timeoutMs }: { payload: string; timeoutMs: number },
  ): Promise<Msg> {
    const options = { timeout: timeoutMs };
    if (subject === '$SYS.REQ.USER.INFO' || !subject.startsWith('$SYS.REQ.')) {
      return await live.request(subject, payload, options);
    }
    const packed = headers();
    packed.set('Accept-Encoding', 'gzip');
    return await live.request(subject, payload, { ...options, headers: packed });
  }

  /** Under load a question was seen to stay open past its time; most likely its connection had just ended. */
  async #within(answer: Promise<Msg>, timeoutMs: number): Promise<Msg> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#stop.signal]);
    const deadline = sleep(timeoutMs + GRACE_MS, undefined, { signal })
      .catch(() => undefined)
      .then(() => {
        throw new Error(`no answer within ${timeoutMs + GRACE_MS} ms, nor a refusal`);
      });
    try {
      return await Promise.race([answer, deadline]);
    } finally {
      over.abort();
      deadline.catch(() => undefined);
      answer.catch(() => undefined);
    }
  }

  /** Asks all servers; answers that come within the time are handed over. */
  async askAll(subject: string, waitMs: number, onAnswer: (answer: Msg) => void): Promise<void> {
    if (!isRead(subject))
      throw new TypeError(`cannot ask ${subject}: it is not known to only read`);
    if (!this.#live) return;
    const options = { strategy: 'timer', maxWait: waitMs } as const;
    for await (const answer of await this.#live.requestMany(subject, '', options)) onAnswer(answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const capMs = this.#options.maxBackoffMs ?? 10_000;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      for (const server of this.#pool()) {
        const connection = await this.#dial(server);
        if (!connection) continue;
        const since = performance.now();
        this.#live = connection;
        await this.#listen(connection, server);
        this.#live = null;
        // A server that accepts us and throws us out at once is no success.
        if (performance.now() - since > capMs) failures = 0;
        break;
      }
      const waitMs = backoffMs(failures++, { baseMs: BASE_BACKOFF_MS, capMs });
      await sleep(waitMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** Seeds and the servers that the cluster told of, in random order, so that watchers spread. */
  #pool(): NatsServer[] {
    const servers = [...this.#seeds, ...this.#gossiped];
    for (let left = servers.length - 1; left > 0; left--) {
      const at = Math.floor(Math.random() * (left + 1));
      [servers[left], servers[at]] = [servers[at]!, servers[left]!];
    }
    return servers;
  }

  async #dial(server: NatsServer): Promise<NatsConnection | null> {
    if (this.#stop.signal.aborted) return null;
    try {
      return await connect({
        ...(await connectionOptions(this.#options.nats, server)),
        name: this.#options.name ?? 'hopline-monitor',
        reconnect: false,
        timeout: DIAL_TIMEOUT_MS,
        pingInterval: PING_INTERVAL_MS,
      });
    } catch (error) {
      this.#lost(`cannot connect to ${server.url}: ${inWords(error)}`);
      return null;
    }
  }

  /** Subscribes and stays until the connection ends or we are stopped. */
  async #listen(connection: NatsConnection, dialed: NatsServer): Promise<void> {
    const stopped = new Promise<'stopped'>((resolve) => {
      this.#stop.signal.addEventListener('abort', () => resolve('stopped'), { once: true });
    });
    const refused = new Map<string, string>();
    const closed = connection.closed();
    for (;;) {
      this.#subscribe(connection, refused);
      // The server answers in order: after this round trip it has accepted or refused each one.
      await connection.flush().catch(() => undefined);
      if (!connection.isClosed() && !this.#stop.signal.aborted) {
        this.#remember(connection, dialed);
        const error = [...refused.values()].join('; ');
        this.#tell({ state: 'connected', server: connection.info?.server_name ?? '', error });
      }
      const retry = new AbortController();
      const waitMs = refused.size > 0 ? (this.#options.maxBackoffMs ?? 10_000) : 2 ** 31 - 1;
      const waited = sleep(waitMs, 'retry' as const, { signal: retry.signal }).catch(() => null);
      const ended = await Promise.race([closed, stopped, waited]);
      retry.abort();
      if (ended === 'retry') continue;
      if (ended === 'stopped' || this.#stop.signal.aborted) return connection.close();
      return this.#lost(
        `lost connection to ${dialed.url}: ${inWords(ended ?? 'closed by the server')}`,
      );
    }
  }

  /** Subscribes to what is not subscribed yet: everything at first, later what was refused. */
  #subscribe(connection: NatsConnection, refused: Map<string, string>): void {
    const again = refused.size > 0;
    for (const subscription of this.#options.subscriptions) {
      const { subject } = subscription;
      if (again && !refused.has(subject)) continue;
      refused.delete(subject);
      connection.subscribe(subject, {
        callback: (error, message) => {
          if (error) {
            if (subscription.isOptional) return;
            refused.set(subject, `cannot subscribe to ${subject}: ${inWords(error)}`);
          } else this.#deliver(subscription, message);
        },
      });
    }
  }

  /** An exception here would end the client's read loop without a sign. */
  #deliver(subscription: Subscription, message: Msg): void {
    try {
      subscription.onMessage(message);
    } catch (error) {
      this.#options.onMessageError?.(error);
    }
  }

  #remember(connection: NatsConnection, { tls, ...auth }: NatsServer): void {
    const known = new Set(this.#seeds.map((server) => server.url));
    const scheme = tls ? 'tls' : 'nats';
    this.#gossiped = connection
      .getServers()
      .filter((server) => server.gossiped)
      .map((server) => ({ ...auth, tls, url: `${scheme}://${server.listen}` }))
      .filter((server) => !known.has(server.url))
      .slice(0, MAX_GOSSIPED_SERVERS);
  }

  #lost(error: string): void {
    if (!this.#stop.signal.aborted) this.#tell({ state: 'disconnected', server: '', error });
  }

  #tell(next: ConnectionState): void {
    const { state, server, error } = this.#state;
    if (state === next.state && server === next.server && error === next.error) return;
    this.#state = next;
    this.#options.onState(next);
  }
}
