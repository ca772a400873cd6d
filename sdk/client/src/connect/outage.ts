import type { Server } from '@nats-io/transport-node';
import { ReconnectGaveUp } from '../errors.ts';
import type { Attempt } from './attempt.ts';
import type { Backoff } from './backoff.ts';
import { chooseServer } from './choose-server.ts';

export interface OutageOptions {
  readonly backoff: Backoff;
  /** Dials of one outage, all servers together. */
  readonly maxAttempts: number;
  /** A connection that holds for less is part of the outage before it. */
  readonly stableMs: number;
  /** Keep to the order of the pool that the first dial sees. */
  readonly keepOrder: boolean;
  readonly now: () => number;
  readonly random: () => number;
}

const KEPT_ATTEMPTS = 100;
/** The default `lame_duck_duration` of a server: after that it is gone, or another one in its place. */
const LAME_DUCK_MS = 120_000;

/**
 * Counts the dials since the connection was last stable, and says where and when to dial next. A
 * connection that flaps goes on where its last outage ended: only a stable one starts anew.
 */
export class Outage {
  readonly #options: OutageOptions;
  readonly #tries = new Map<string, number>();
  readonly #lameUntilMs = new Map<string, number>();
  #history: Attempt[] = [];
  #attempts = 0;
  #preferred: readonly string[] | undefined;
  #lost: string | undefined;
  #connected: { server: string; atMs: number } | undefined;

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  /** Throws ReconnectGaveUp when there is no further dial. */
  next(pool: readonly Server[]): { server: Server; delay: number; attempt: Attempt } {
    this.#endConnection();
    this.#preferred ??= this.#options.keepOrder ? pool.map((server) => server.listen) : [];
    if (this.#attempts >= this.#options.maxAttempts) {
      throw new ReconnectGaveUp(this.#attempts, this.history);
    }
    const server = chooseServer(pool, {
      tries: this.#tries,
      lost: this.#lost,
      lameDucks: this.#lameDucks(),
      preferred: this.#preferred,
    });
    const round = this.#tries.get(server.listen) ?? 0;
    const step = { attempt: this.#attempts + 1, round };
    const delayMs = Math.floor(this.#options.backoff(step, this.#options.random));
    const attempt: Attempt = {
      attempt: step.attempt,
      server: server.listen,
      delayMs,
      atMs: this.#options.now(),
    };
    this.#keep(attempt, round);
    return { server, delay: delayMs, attempt };
  }

  connected(server: string): void {
    this.#connected = { server, atMs: this.#options.now() };
  }

  /** For the next two minutes this server is the last choice. */
  lameDuck(server: string): void {
    this.#lameUntilMs.set(server, this.#options.now() + LAME_DUCK_MS);
  }

  /** What the server said to the latest dial. */
  failed(error: Error): void {
    const last = this.#history.at(-1);
    if (last !== undefined) last.error = error.message;
  }

  get attempts(): number {
    return this.#attempts;
  }

  get history(): readonly Attempt[] {
    return [...this.#history];
  }

  #lameDucks(): ReadonlySet<string> {
    const now = this.#options.now();
    for (const [server, untilMs] of this.#lameUntilMs) {
      if (untilMs <= now) this.#lameUntilMs.delete(server);
    }
    return new Set(this.#lameUntilMs.keys());
  }

  #endConnection(): void {
    if (this.#connected === undefined) return;
    const { server, atMs } = this.#connected;
    this.#lost = server;
    this.#connected = undefined;
    if (this.#options.now() - atMs < this.#options.stableMs) return;
    this.#tries.clear();
    this.#history = [];
    this.#attempts = 0;
  }

  #keep(attempt: Attempt, round: number): void {
    this.#attempts = attempt.attempt;
    this.#tries.set(attempt.server, round + 1);
    this.#history.push(attempt);
    if (this.#history.length > KEPT_ATTEMPTS) this.#history.shift();
  }
}
