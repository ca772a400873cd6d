import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { AckPolicy, type Consumer, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import type { Subscription } from '@nats-io/nats-core';
import { toError } from '../errors.ts';
import { findMeter } from '../meter.ts';
import { measureConsumer } from './consumer-metrics.ts';
import { handleMessage } from './handle-message.ts';
import {
  type ConsumeOptions,
  type ConsumerConnection,
  type ConsumeSettings,
  withDefaults,
} from './options.ts';
import type { Handled } from './outcome.ts';
import { WorkingSignals } from './working-signals.ts';

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
/** Until a server must have answered that it sends no more. */
const END_PULL_MS = 1_000;

interface Waiting {
  readonly message: JsMsg;
  /** The handler's trace is that of this message, whenever it is started. */
  readonly inContext: <T>(run: () => T) => T;
}

class DurableConsumer implements RunningConsumer {
  readonly #settings: ConsumeSettings;
  readonly #handlers = new AbortController();
  readonly #stopping = new AbortController();
  readonly #signals = new WorkingSignals(() => this.#checkAhead());
  readonly #counts = { handled: 0, duplicate: 0, retried: 0, 'dead lettered': 0, restarts: 0 };
  readonly #loop: Promise<void>;
  readonly #undo: () => void;
  #running = 0;
  /** Taken from nats.js so that the server hears of them, though no handler is free. */
  #waiting: Waiting[] = [];
  #messages: ConsumerMessages | undefined;
  /** How many of `#messages` must have been started by the next sweep. */
  #dueBySweep = 0;
  #isCollecting = false;
  #failures = 0;
  #wake = (): void => {};

  constructor(connection: ConsumerConnection, settings: ConsumeSettings) {
    this.#settings = settings;
    this.#undo = connection.beforeDrain('intake', async () => await this.stop());
    void connection.closed.then(() => this.#cutOff());
    this.#loop = this.#measure(connection.name).then(async () => await this.#run());
  }

  get stats(): RunningConsumer['stats'] {
    return { ...this.#counts, running: this.#running };
  }

  async stop(): Promise<void> {
    this.#undo();
    this.#stopping.abort();
    endPull(this.#messages);
    this.#wake();
    await this.#loop;
    const late = new AbortController();
    const timeout = sleep(this.#settings.stopTimeoutMs, undefined, { signal: late.signal });
    await Promise.race([this.#until(() => this.#running === 0), timeout.catch(() => {})]);
    late.abort();
    this.#handlers.abort();
    this.#signals.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  get #isFull(): boolean {
    return this.#running >= this.#settings.concurrency;
  }

  /** Nothing can be fetched or settled any more, by whomever the connection was closed. */
  #cutOff(): void {
    this.#undo();
    this.#stopping.abort();
    this.#handlers.abort();
    this.#signals.cutOff();
    this.#messages?.stop();
    this.#wake();
  }

  async #measure(connection: string): Promise<void> {
    const { stream, consumer, meter = await findMeter() } = this.#settings;
    if (meter === undefined) return;
    this.#settings.metrics = measureConsumer(meter, { connection, stream, consumer });
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      try {
        const consumer = await this.#open();
        // Both end by throwing what is wrong with the consumer, or when it is to stop.
        if (this.#settings.prefetch === 0) await this.#fetchUntilLost(consumer);
        else await this.#consumeUntilLost(consumer);
      } catch (thrown) {
        await this.#restart(toError(thrown));
      }
    }
    for (const { message } of this.#waiting) this.#giveBack(message);
  }

  async #open(): Promise<Consumer> {
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
    this.#signals.every((ackWaitNs / NS_PER_MS) * WORKING_SHARE);
    return consumer;
  }

  /** Asks for as many as can be handled at once, and for more when those have come. */
  async #fetchUntilLost(consumer: Consumer): Promise<void> {
    const { concurrency, fetchMs } = this.#settings;
    while (!this.#isStopping) {
      await this.#until(() => !this.#isFull);
      const startedMs = performance.now();
      const batch = await consumer.fetch({
        max_messages: concurrency - this.#running,
        expires: fetchMs,
      });
      this.#messages = batch;
      if (this.#isStopping) endPull(batch);
      let fetched = 0;
      for await (const message of batch) {
        fetched++;
        this.#start(message);
      }
      if (fetched > 0) this.#failures = 0;
      // An empty answer before its time: is the consumer still there? Throws when it is not.
      else if (performance.now() - startedMs < fetchMs / 2) await this.#check(consumer);
    }
  }

  async #check(consumer: Consumer): Promise<void> {
    if (this.#isStopping) return;
    await consumer.info();
    await this.#pause(100);
  }

  /** Has nats.js keep a few messages ready, as long as they do not wait there for long. */
  async #consumeUntilLost(consumer: Consumer): Promise<void> {
    const { prefetch, fetchMs } = this.#settings;
    while (!this.#isStopping) {
      await this.#startWaiting();
      const messages = await consumer.consume({
        max_messages: prefetch,
        expires: fetchMs,
        abort_on_missing_resource: true,
      });
      this.#isCollecting = false;
      this.#dueBySweep = 0;
      this.#messages = messages;
      if (this.#isStopping) endPull(messages);
      for await (const message of messages) {
        this.#failures = 0;
        if (this.#isFull) await this.#until(() => !this.#isFull || this.#isCollecting);
        if (this.#isStopping) this.#giveBack(message);
        else if (this.#isCollecting) this.#keep(message);
        else this.#start(message);
      }
    }
  }

  async #startWaiting(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#isStopping) {
      await this.#until(() => !this.#isFull);
      const next = this.#isStopping ? undefined : this.#waiting.shift();
      next?.inContext(() => this.#start(next.message));
    }
  }

  /**
   * What waits in nats.js at one sweep must be started by the next. If it is not, the handlers are slower
   * than what is fetched: all of it is taken out, where the server hears of it, and nothing more is
   * fetched until it is started.
   */
  #checkAhead(): void {
    const messages = this.#messages;
    if (messages === undefined || this.#settings.prefetch === 0 || this.#isCollecting) return;
    // The one that the loop holds counts as processed.
    const started = messages.getProcessed() - (this.#isFull ? 1 : 0);
    if (started < this.#dueBySweep) {
      this.#isCollecting = true;
      endPull(messages);
      this.#wake();
    }
    this.#dueBySweep = messages.getProcessed() + messages.getPending();
  }

  #keep(message: JsMsg): void {
    this.#signals.add(message);
    this.#waiting.push({ message, inContext: AsyncLocalStorage.snapshot() });
  }

  /** To whoever else consumes. */
  #giveBack(message: JsMsg): void {
    this.#signals.remove(message);
    message.nak();
  }

  #start(message: JsMsg): void {
    const handled = handleMessage(message, this.#settings, this.#handlers.signal);
    if (typeof handled === 'string') {
      this.#settled(message, handled);
      return;
    }
    this.#running++;
    this.#settings.metrics.running(1);
    this.#signals.add(message);
    void handled.then((outcome) => {
      this.#running--;
      this.#settings.metrics.running(-1);
      this.#settled(message, outcome);
      this.#wake();
    });
  }

  #settled(message: JsMsg, outcome: Handled): void {
    this.#counts[outcome]++;
    this.#settings.metrics.settled(outcome);
    this.#signals.remove(message);
  }

  async #restart(error: Error): Promise<void> {
    if (this.#isStopping) return;
    this.#counts.restarts++;
    this.#settings.metrics.restarted();
    const step = { attempt: this.#failures + 1, round: this.#failures };
    this.#failures++;
    const delayMs = Math.round(this.#settings.backoff(step, Math.random));
    this.#settings.onEvent({ type: 'restarting', error, delayMs });
    await this.#pause(delayMs);
  }

  async #pause(delayMs: number): Promise<void> {
    await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }

  /** Or until it is to stop. Only the loop waits here, and `stop` after the loop. */
  async #until(isMet: () => boolean): Promise<void> {
    const ended = this.#isStopping;
    while (!isMet() && this.#isStopping === ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/**
 * Takes what is on its way, and no more. nats.js does that when a connection drains, but has no call for
 * it: `stop` alone forgets those, and nobody gets them until `ack_wait` is over.
 */
function endPull(messages: ConsumerMessages | undefined): void {
  const { sub } = (messages ?? {}) as { sub?: Subscription };
  const stop = (): void => messages?.stop();
  if (sub === undefined || sub.isClosed()) stop();
  else {
    // During an outage nothing is on its way, and nobody answers.
    setTimeout(stop, END_PULL_MS).unref();
    sub.drain().catch(stop);
  }
}
