import { setTimeout as sleep } from 'node:timers/promises';
import { AckPolicy, type Consumer, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { toError } from '../errors.ts';
import { type Handled, handleMessage } from './handle-message.ts';
import {
  type ConsumeOptions,
  type ConsumerConnection,
  type ConsumeSettings,
  withDefaults,
} from './options.ts';

export interface RunningConsumer extends AsyncDisposable {
  readonly stats: Readonly<Record<Handled | 'running' | 'restarts', number>>;
  /** Fetches no more, and waits for the handlers that run; after `stopTimeoutMs` only aborts them. */
  stop(): Promise<void>;
}

/** Consumes until it is stopped, or the connection drains. Survives the loss of its consumer. */
export function consume(connection: ConsumerConnection, options: ConsumeOptions): RunningConsumer {
  return new DurableConsumer(connection, withDefaults(options));
}

/** Share of `ack_wait` after which the server hears that a message is worked on. */
const WORKING_SHARE = 1 / 3;
const NS_PER_MS = 1e6;

class DurableConsumer implements RunningConsumer {
  readonly #settings: ConsumeSettings;
  readonly #handlers = new AbortController();
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #counts = { handled: 0, duplicate: 0, retried: 0, 'dead lettered': 0, restarts: 0 };
  readonly #loop: Promise<void>;
  readonly #undo: () => void;
  #batch: ConsumerMessages | undefined;
  #failures = 0;

  constructor(connection: ConsumerConnection, settings: ConsumeSettings) {
    this.#settings = settings;
    this.#undo = connection.beforeDrain('intake', async () => await this.stop());
    this.#loop = this.#run();
  }

  get stats(): RunningConsumer['stats'] {
    return { ...this.#counts, running: this.#running.size };
  }

  async stop(): Promise<void> {
    this.#undo();
    this.#stopping.abort();
    this.#batch?.stop();
    await this.#loop;
    const late = new AbortController();
    const timeout = sleep(this.#settings.stopTimeoutMs, undefined, { signal: late.signal });
    await Promise.race([Promise.all(this.#running), timeout.catch(() => {})]);
    late.abort();
    this.#handlers.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#fetchUntilLost(await this.#open());
      } catch (thrown) {
        await this.#restart(toError(thrown));
      }
    }
  }

  async #open(): Promise<{ consumer: Consumer; workingMs: number }> {
    const { jetstream, stream, consumer: name, config } = this.#settings;
    if (config !== undefined) {
      const jsm = await jetstream.jetstreamManager();
      // Does nothing where it exists as described.
      await jsm.consumers.add(stream, {
        ack_policy: AckPolicy.Explicit,
        ...config,
        durable_name: name,
      });
    }
    const consumer = await jetstream.consumers.get(stream, name);
    const { ack_wait: ackWaitNs = 30_000 * NS_PER_MS } = (await consumer.info(true)).config;
    return { consumer, workingMs: (ackWaitNs / NS_PER_MS) * WORKING_SHARE };
  }

  /** Ends by throwing what is wrong with the consumer, or when it is to stop. */
  async #fetchUntilLost(open: { consumer: Consumer; workingMs: number }): Promise<void> {
    const { concurrency, fetchMs } = this.#settings;
    while (!this.#stopping.signal.aborted) {
      if (this.#running.size >= concurrency) {
        await Promise.race([...this.#running, aborted(this.#stopping.signal)]);
        continue;
      }
      const startedMs = performance.now();
      const batch = await open.consumer.fetch({
        max_messages: concurrency - this.#running.size,
        expires: fetchMs,
      });
      this.#batch = batch;
      if (this.#stopping.signal.aborted) batch.stop();
      let fetched = 0;
      for await (const message of batch) {
        fetched++;
        this.#start(message, open.workingMs);
      }
      if (fetched > 0) this.#failures = 0;
      // An empty answer before its time: is the consumer still there? Throws when it is not.
      else if (performance.now() - startedMs < fetchMs / 2) await this.#check(open.consumer);
    }
  }

  async #check(consumer: Consumer): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    await consumer.info();
    await this.#pause(100);
  }

  #start(message: JsMsg, workingMs: number): void {
    const { signal } = this.#handlers;
    const work = handleMessage(message, this.#settings, { workingMs, signal }).then((handled) => {
      this.#counts[handled]++;
      this.#running.delete(work);
    });
    this.#running.add(work);
  }

  async #restart(error: Error): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#counts.restarts++;
    const step = { attempt: this.#failures + 1, round: this.#failures };
    this.#failures++;
    const delayMs = Math.round(this.#settings.backoff(step, Math.random));
    this.#settings.onEvent({ type: 'restarting', error, delayMs });
    await this.#pause(delayMs);
  }

  async #pause(delayMs: number): Promise<void> {
    await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
