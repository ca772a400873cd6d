import { randomUUID } from 'node:crypto';
import { BufferFull } from '../errors.ts';
import type { PublisherConnection, PublisherSettings } from './options.ts';
import { type Dropped, type OutboundEntry, OutboundQueue } from './outbound-queue.ts';
import type { PublishOutcome, SendResult } from './outcome.ts';
import {
  MESSAGE_ID,
  type Publisher,
  type PublisherStats,
  type PublishOptions,
  withMessageId,
} from './publisher.ts';
import type { Sender } from './sender.ts';

const encoder = new TextEncoder();
const DEADLINE_MS = 10_000;
/** A timer beyond this fires at once; whatever matters wakes the loop before. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One loop sends the head of the queue, waits for the answers, and only then sends what follows. */
export class BufferedPublisher implements Publisher {
  readonly #connection: PublisherConnection;
  readonly #settings: PublisherSettings;
  readonly #sender: Sender;
  readonly #queue: OutboundQueue;
  readonly #pending = new Set<Promise<PublishOutcome>>();
  readonly #counts = { acknowledged: 0, duplicates: 0, refused: 0, uncertain: 0 };
  readonly #dropped = { oldest: 0, newest: 0, age: 0, closed: 0 };
  readonly #undo: (() => void)[];
  /** Resolves when every message has its outcome and nothing runs any more. */
  readonly ended: Promise<void>;
  #resent = 0;
  #failures = 0;
  #notBeforeMs = 0;
  #closed = false;
  #wake = (): void => {};

  constructor(connection: PublisherConnection, settings: PublisherSettings, sender: Sender) {
    this.#connection = connection;
    this.#settings = settings;
    this.#sender = sender;
    this.#queue = new OutboundQueue(settings);
    this.#undo = [
      connection.onEvent((event) => event.type === 'state' && this.#wake()),
      connection.beforeDrain('output', async () => await this.close()),
    ];
    this.ended = this.#run();
  }

  publish(
    subject: string,
    data: Uint8Array | string = '',
    options: PublishOptions = {},
  ): Promise<PublishOutcome> {
    if (!/^[^\s.*>]+(\.[^\s.*>]+)*$/.test(subject)) {
      throw new TypeError(`cannot publish to ${JSON.stringify(subject)}: not a subject`);
    }
    const { promise, settle } = settled();
    const payload = typeof data === 'string' ? encoder.encode(data) : data;
    const headers = withMessageId(options.headers, options.messageId ?? randomUUID());
    const entry: OutboundEntry = {
      subject,
      data: payload,
      headers,
      sizeBytes: subject.length + headersBytes(headers) + payload.length,
      queuedMs: Date.now(),
      settle,
    };
    this.#pending.add(promise);
    void promise.then(() => this.#pending.delete(promise));
    if (this.#closed) this.#drop([{ entry, reason: 'closed' }]);
    else this.#enqueue(entry);
    return promise;
  }

  async flush(options: { deadlineMs?: number } = {}): Promise<{ pending: number }> {
    const waiting = [...this.#pending];
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, options.deadlineMs ?? DEADLINE_MS);
    });
    await Promise.race([Promise.all(waiting), late]);
    clearTimeout(timer);
    return { pending: waiting.filter((promise) => this.#pending.has(promise)).length };
  }

  get stats(): PublisherStats {
    return {
      buffered: this.#queue.length,
      bufferedBytes: this.#queue.sizeBytes,
      ...this.#counts,
      dropped: { ...this.#dropped },
      resent: this.#resent,
    };
  }

  async close(options: { deadlineMs?: number } = {}): Promise<void> {
    if (!this.#closed) await this.flush(options);
    this.#end();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #enqueue(entry: OutboundEntry): void {
    const offered = this.#queue.offer(entry);
    if ('full' in offered) {
      entry.settle({ outcome: 'dropped', reason: 'newest' });
      throw new BufferFull(entry.subject, offered.full);
    }
    this.#drop(offered.dropped);
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const nowMs = Date.now();
      this.#drop(this.#queue.expire(nowMs));
      this.#giveUpOld(nowMs);
      const waitMs = this.#waitMs(nowMs);
      if (waitMs > 0) await this.#sleep(waitMs);
      else await this.#sendHead();
    }
    for (const entry of this.#queue.head(this.#queue.length)) this.#giveUp(entry);
  }

  /** 0: there is something to send, and it can be sent. */
  #waitMs(nowMs: number): number {
    const { state } = this.#connection;
    if (state === 'closed') this.#end();
    const untilExpiryMs = this.#queue.nextExpiryMs() - nowMs;
    if (this.#queue.length === 0) return Number.POSITIVE_INFINITY;
    if (state !== 'connected' && state !== 'lame duck') return Math.max(1, untilExpiryMs);
    return Math.max(0, Math.min(this.#notBeforeMs - nowMs, Math.max(1, untilExpiryMs)));
  }

  async #sendHead(): Promise<void> {
    const batch = this.#queue.head(this.#settings.maxInFlight);
    for (const entry of batch) {
      if (entry.firstSentMs === undefined) entry.firstSentMs = Date.now();
      else this.#resent++;
    }
    const results = await this.#sender.send(batch, this.#settings.ackTimeoutMs);
    const done = new Set<OutboundEntry>();
    for (const [index, entry] of batch.entries()) {
      const result = results[index] as SendResult;
      if (result.outcome === 'retryable') entry.mayBeStored ||= result.mayBeStored;
      else done.add(entry);
      if (result.outcome === 'retryable') entry.lastError = result.error;
      else this.#settle(entry, result);
    }
    this.#queue.remove(done, batch.length);
    this.#pace(done.size === batch.length);
  }

  #pace(allDone: boolean): void {
    this.#failures = allDone ? 0 : this.#failures + 1;
    if (allDone) return;
    const step = { attempt: this.#failures, round: this.#failures - 1 };
    this.#notBeforeMs = Date.now() + this.#settings.backoff(step, Math.random);
  }

  /** Beyond the duplicate window a stream no longer knows what it has. */
  #giveUpOld(nowMs: number): void {
    const old = this.#queue
      .head(this.#settings.maxInFlight)
      .filter(({ firstSentMs = nowMs }) => nowMs - firstSentMs >= this.#settings.duplicateWindowMs);
    this.#queue.remove(new Set(old), this.#settings.maxInFlight);
    for (const entry of old) this.#giveUp(entry);
  }

  #giveUp(entry: OutboundEntry): void {
    const error = entry.lastError ?? new Error(`cannot publish to ${entry.subject}: no answer`);
    this.#settle(entry, { outcome: entry.mayBeStored ? 'uncertain' : 'refused', error });
  }

  #drop(dropped: readonly Dropped[]): void {
    for (const { entry, reason } of dropped) {
      this.#settle(entry, { outcome: 'dropped', reason });
      const messageId = entry.headers.get(MESSAGE_ID);
      this.#settings.onDrop({ subject: entry.subject, messageId, reason });
    }
  }

  #settle(entry: OutboundEntry, outcome: PublishOutcome): void {
    if (outcome.outcome === 'dropped') this.#dropped[outcome.reason]++;
    else this.#counts[outcome.outcome]++;
    if (outcome.outcome === 'acknowledged' && outcome.duplicate) this.#counts.duplicates++;
    entry.settle(outcome);
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const undo of this.#undo) undo();
    this.#drop(this.#queue.removeUnsent().map((entry) => ({ entry, reason: 'closed' })));
    this.#wake();
  }

  async #sleep(waitMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = waitMs < MAX_TIMER_MS ? setTimeout(resolve, waitMs) : undefined;
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }
}

function settled(): {
  promise: Promise<PublishOutcome>;
  settle: (outcome: PublishOutcome) => void;
} {
  let settle!: (outcome: PublishOutcome) => void;
  const promise = new Promise<PublishOutcome>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

/** As they are on the wire, but for the first line. */
function headersBytes(headers: Iterable<[string, string[]]>): number {
  let bytes = 0;
  for (const [key, values] of headers) {
    for (const value of values) bytes += key.length + value.length + 4;
  }
  return bytes;
}
