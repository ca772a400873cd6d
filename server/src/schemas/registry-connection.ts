import { type NatsSettings, natsConnectionOptions, parseNatsServer } from '@hopline/monitor';
import { connect, type NatsConnection } from '@nats-io/transport-node';

const DIAL_TIMEOUT_MS = 2_000;
/** Whoever asks within this time after a failure is told of it, so that pages do not wait again. */
const RETRY_AFTER_MS = 2_000;

/**
 * A connection that is dialled when somebody needs it and again when it was lost: nobody waits for a
 * NATS that is away longer than one round through its servers.
 */
export class RegistryConnection implements AsyncDisposable {
  readonly #nats: NatsSettings;
  #dialling: Promise<NatsConnection> | undefined;
  #failure: { error: unknown; at: number } | undefined;

  constructor(nats: NatsSettings) {
    this.#nats = nats;
  }

  /** Rejects with the reason of the last server that was tried. */
  async get(): Promise<NatsConnection> {
    const known = await this.#dialling?.catch(() => undefined);
    if (known && !known.isClosed()) return known;
    if (this.#failure && performance.now() - this.#failure.at < RETRY_AFTER_MS) {
      throw this.#failure.error;
    }
    const dialling = this.#dial();
    this.#dialling = dialling;
    return await dialling;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const live = await this.#dialling?.catch(() => undefined);
    await live?.close();
  }

  async #dial(): Promise<NatsConnection> {
    let failure: unknown = new Error('there is no NATS server');
    for (const server of this.#nats.servers.map(parseNatsServer)) {
      try {
        const live = await connect({
          ...(await natsConnectionOptions(this.#nats, server)),
          name: 'hopline schemas',
          timeout: DIAL_TIMEOUT_MS,
          reconnect: false,
        });
        this.#failure = undefined;
        return live;
      } catch (error) {
        failure = new Error(`cannot connect to ${server.url}`, { cause: error });
      }
    }
    this.#failure = { error: failure, at: performance.now() };
    throw failure;
  }
}
