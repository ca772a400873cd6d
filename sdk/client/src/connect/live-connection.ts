import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection, Server, Status } from '@nats-io/transport-node';
import { ConnectionClosed, ReconnectGaveUp, toError } from '../errors.ts';
import type { Attempt } from './attempt.ts';
import type { Connection, DrainPhase } from './connection.ts';
import {
  type ConnectionEvent,
  type ConnectionListener,
  ConnectionListeners,
  type ConnectionState,
} from './connection-event.ts';
import { drainOnSignals } from './drain-on-signals.ts';
import { GuardedSubscriptions } from './guarded-subscriptions.ts';
import type { Settings } from './options.ts';
import { Outage } from './outage.ts';

/** Turns what nats.js says into one state, one history and one stream of events. */
export class LiveConnection implements Connection {
  readonly name: string;
  readonly closed: Promise<Error | undefined>;
  readonly #settings: Settings;
  readonly #outage: Outage;
  readonly #listeners: ConnectionListeners;
  #resolveClosed!: (reason: Error | undefined) => void;
  #forgetSignals = (): void => {};
  #nc: NatsConnection | undefined;
  #subscriptions: GuardedSubscriptions | undefined;
  readonly #beforeDrain = {
    intake: new Set<() => Promise<void>>(),
    output: new Set<() => Promise<void>>(),
  };
  #state: ConnectionState = 'connecting';
  #lostAtMs = 0;

  constructor(settings: Settings) {
    const { name, log } = settings;
    this.name = name;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#settings = settings;
    this.#outage = new Outage({
      backoff: settings.backoff,
      maxAttempts: settings.maxAttempts,
      stableMs: settings.stableMs,
      keepOrder: settings.noRandomize,
      now: Date.now,
      random: settings.random,
    });
    this.#listeners = new ConnectionListeners((thrown) =>
      log.error({ name, error: toError(thrown) }, 'nats: an event listener threw'),
    );
  }

  get nc(): NatsConnection {
    if (this.#nc === undefined) throw new ConnectionClosed(this.name);
    return this.#nc;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get history(): readonly Attempt[] {
    return this.#outage.history;
  }

  onEvent(listener: ConnectionListener): () => void {
    return this.#listeners.add(listener);
  }

  beforeDrain(phase: DrainPhase, work: () => Promise<void>): () => void {
    const works = this.#beforeDrain[phase];
    works.add(work);
    return () => works.delete(work);
  }

  tell(event: ConnectionEvent): void {
    this.#listeners.tell(event);
  }

  /** Called by nats.js before every dial, the first one included. What it throws closes the connection. */
  nextServer(pool: readonly Server[]): { server: Server; delay: number } {
    if (this.#state === 'connected' || this.#state === 'lame duck') {
      this.#lostAtMs = Date.now();
      this.#become('reconnecting', this.#nc?.getServer());
    }
    try {
      const { server, delay, attempt } = this.#outage.next(pool);
      this.tell({ type: 'attempt', attempt });
      const once = this.#state === 'connecting' && !this.#settings.waitOnFirstConnect;
      return { server, delay: once ? 0 : delay };
    } catch (error) {
      if (error instanceof ReconnectGaveUp) this.tell({ type: 'gave up', error });
      throw error;
    }
  }

  attach(nc: NatsConnection): void {
    this.#nc = nc;
    this.#subscriptions = new GuardedSubscriptions(nc, (subject, error) =>
      this.tell({ type: 'callback failed', subject, error }),
    );
    this.#connected();
    this.#forgetSignals = drainOnSignals(this.#settings.drainOn, () => this.drain());
    void this.#follow(nc);
    void nc.closed().then((reason) => this.#closed(reason ?? undefined));
  }

  failedAtFirst(): void {
    this.#closed(undefined);
  }

  async reauthenticate(): Promise<void> {
    await this.nc.flush();
    await this.nc.reconnect();
  }

  async drain(): Promise<void> {
    const late = new AbortController();
    const { signal } = late;
    const deadline = sleep(this.#settings.drainTimeoutMs, undefined, { signal }).catch(() => {});
    // A drain during an outage fails at the next dial; either way the connection ends here.
    await Promise.race([this.#drainParts().catch(() => {}), deadline]);
    late.abort();
    await this.close();
  }

  async close(): Promise<void> {
    await this.nc.close();
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #drainParts(): Promise<void> {
    const { intake, output } = this.#beforeDrain;
    await Promise.allSettled([...intake].map((work) => work()));
    await this.#subscriptions?.drain();
    await Promise.allSettled([...output].map((work) => work()));
    await this.nc.drain();
  }

  async #follow(nc: NatsConnection): Promise<void> {
    for await (const status of nc.status()) this.#heard(status);
  }

  #heard(status: Status): void {
    if (status.type === 'reconnect') this.#connected();
    else if (status.type === 'ldm') this.#lameDuck(status.server);
    else if (status.type === 'error') {
      if (this.#state === 'reconnecting') this.#outage.failed(status.error);
      this.tell({ type: 'server error', error: status.error });
    } else if (status.type === 'slowConsumer') {
      const { sub, pending } = status;
      this.tell({ type: 'slow consumer', subject: sub.getSubject(), pending });
    }
  }

  /** nats.js says `reconnect` once for each dial that the outage took. */
  #connected(): void {
    if (this.#state !== 'connecting' && this.#state !== 'reconnecting') return;
    const server = this.nc.getServer();
    const outageMs = this.#state === 'reconnecting' ? Date.now() - this.#lostAtMs : undefined;
    this.#outage.connected(server);
    this.#become('connected', server, outageMs);
  }

  #lameDuck(server: string): void {
    if (this.#state !== 'connected') return;
    this.#outage.lameDuck(server);
    this.#become('lame duck', server);
    if (this.#settings.leaveLameDuck) void this.#leave();
  }

  async #leave(): Promise<void> {
    if (this.nc.getServers().length < 2) return;
    try {
      await this.nc.flush();
      if (this.#state === 'lame duck') await this.nc.reconnect();
    } catch {
      // The server was faster: the connection is gone, and dialling has begun.
    }
  }

  #closed(reason: Error | undefined): void {
    this.#forgetSignals();
    if (this.#state !== 'closed') this.#become('closed');
    this.#resolveClosed(reason?.cause instanceof ReconnectGaveUp ? reason.cause : reason);
  }

  #become(to: ConnectionState, server?: string, outageMs?: number): void {
    const from = this.#state;
    this.#state = to;
    this.tell({
      type: 'state',
      from,
      to,
      ...(server !== undefined && { server }),
      ...(outageMs !== undefined && { outageMs }),
    });
  }
}
