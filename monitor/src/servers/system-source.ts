import type { ClusterEventRow } from '@hopline/model';
import { Connection, type ConnectionState } from '../transport/connection.ts';
import type { NatsSettings } from '../transport/nats-settings.ts';
import type { AskSystem } from '../transport/system-client.ts';
import { type ServerSigns, SystemAccount } from './system-account.ts';

export interface SystemSourceOptions {
  /** A user of the system account. */
  nats: NatsSettings;
  /** What servers tell of themselves and of connections. Default nothing. */
  onEvent?: ((row: ClusterEventRow) => void) | undefined;
  /** Each change of the connection. */
  onState?: ((state: ConnectionState) => void) | undefined;
  onMessageError?: ((error: unknown) => void) | undefined;
  maxBackoffMs?: number | undefined;
}

const NAME = 'hopline-monitor-system';
const PING_WAIT_MS = 2_000;
const PING_INTERVAL_MS = 30_000;

/** A connection to the system account: which servers there are, and the way to ask each of them. */
export class SystemSource implements AsyncDisposable {
  /** Shown in the servers' lists of connections. */
  readonly name = NAME;
  readonly #account: SystemAccount;
  readonly #connection: Connection;
  readonly #pinging: NodeJS.Timeout;
  readonly #first = Promise.withResolvers<void>();
  #connects = 0;

  /** Throws MonitorSettingsError for a server URL that can never work. */
  constructor(options: SystemSourceOptions) {
    this.#account = new SystemAccount(options.onEvent ?? (() => undefined));
    this.#connection = new Connection({
      nats: options.nats,
      name: NAME,
      subscriptions: this.#account.subscriptions,
      onState: (state) => {
        if (state.state === 'connected') this.#connected();
        if (state.state === 'disconnected') this.#first.resolve();
        options.onState?.(state);
      },
      onMessageError: options.onMessageError,
      maxBackoffMs: options.maxBackoffMs,
    });
    // Heartbeats come every 10 s; a server that we can hear only by asking is heard so too.
    this.#pinging = setInterval(() => void this.#ping(), PING_INTERVAL_MS);
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** What servers announced, by name. */
  get signs(): ReadonlyMap<string, ServerSigns> {
    return this.#account.signs;
  }

  /** Connections made after the first one. */
  get reconnects(): number {
    return Math.max(0, this.#connects - 1);
  }

  /** Rejects while there is no connection. */
  readonly ask: AskSystem = (...question) => this.#connection.ask(...question);

  /** Resolves when all servers were asked once who they are, or the first attempt to connect has failed. */
  heard(): Promise<void> {
    return this.#first.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#pinging);
    this.#first.resolve();
    await this.#connection[Symbol.asyncDispose]();
  }

  #connected(): void {
    this.#connects++;
    void this.#ping().then(() => this.#first.resolve());
  }

  async #ping(): Promise<void> {
    await this.#connection
      .askAll('$SYS.REQ.SERVER.PING', PING_WAIT_MS, (answer) => this.#account.take(answer))
      .catch(() => undefined);
  }
}
