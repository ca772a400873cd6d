import { randomUUID } from 'node:crypto';
import type { JetStreamClient } from '@nats-io/jetstream';
import { BufferFull } from '../errors.ts';
import { Alarm } from './alarm.ts';
import { isUp, type PublisherConnection, type PublisherSettings } from './options.ts';
import {
  checkSubject,
  outboundEntry,
  pendingAfter,
  settleable,
  sizeBytesOf,
  withMessageId,
} from './outbound-entry.ts';
import { type OutboundEntry, OutboundQueue } from './outbound-queue.ts';
import type { PublishOutcome, SendResult } from './outcome.ts';
import type { Publisher, PublisherStats, PublishOptions } from './publisher.ts';
import { PublisherCounts } from './publisher-counts.ts';
import { sendToStream } from './send-to-stream.ts';

const DEADLINE_MS = 10_000;

/**
 * Publishes to streams. At most `maxInFlight` messages are on their way, always the first of the queue;
 * one is sent within `publish` when there is room. After a failure nothing is sent until the others on
 * their way are answered; then the queue is sent again from its head.
 */
export class StreamPublisher implements Publisher {
  readonly #connection: PublisherConnection;
  readonly #settings: PublisherSettings;
  readonly #js: JetStreamClient;
  readonly #queue: OutboundQueue;
  readonly #counts: PublisherCounts;
  readonly #undo: (() => void)[];
  readonly #alarm = new Alarm(() => this.#wake());
  readonly #end = settleable<void>();
  readonly ended = this.#end.promise;
  #inFlight = 0;
  #hasFailed = false;
  #failures = 0;
  #notBeforeMs = 0;
  #closed = false;

  constructor(connection: PublisherConnection, settings: PublisherSettings, js: JetStreamClient) {
    this.#connection = connection;
    this.#settings = settings;
    this.#js = js;
    this.#queue = new OutboundQueue(settings);
    this.#counts = new PublisherCounts(settings.onDrop);
    this.#undo = [
      connection.onEvent((event) => {
        // No answer comes to what was asked on a connection that is gone.
        if (event.type === 'attempt') this.#lost();
        else if (event.type === 'state') this.#wake();
      }),
      connection.beforeDrain('output', async () => await this.close()),
    ];
  }

  publish(
    subject: string,
    data: Uint8Array | string = '',
    options: PublishOptions = {},
  ): Promise<PublishOutcome> {
    checkSubject(subject);
    const messageId = options.messageId ?? randomUUID();
    const headers = withMessageId(options.headers, messageId);
    const sizeBytes = sizeBytesOf(subject, data, headers);
    const entry = outboundEntry({ subject, data, headers, messageId, sizeBytes });
    if (this.#closed) this.#counts.drop({ entry, reason: 'closed' });
    else this.#enqueue(entry);
    return entry.promise;
  }

  async flush(options: { deadlineMs?: number } = {}): Promise<{ pending: number }> {
    const waiting = this.#queue.head(this.#queue.length).map((entry) => [entry, 1] as const);
    return { pending: await pendingAfter(options.deadlineMs ?? DEADLINE_MS, waiting) };
  }

  get stats(): PublisherStats {
    return this.#counts.stats(this.#queue);
  }

  async close(options: { deadlineMs?: number } = {}): Promise<void> {
    if (!this.#closed) await this.flush(options);
    this.#finish();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #enqueue(entry: OutboundEntry): void {
    const offered = this.#queue.offer(entry);
    if ('full' in offered) {
      this.#counts.bufferFull++;
      throw new BufferFull(entry.subject, offered.full);
    }
    for (const dropped of offered.dropped) this.#counts.drop(dropped);
    this.#advance(entry.queuedMs);
  }

  /** Sends as much as may be on its way. */
  #advance(nowMs: number): void {
    const { maxInFlight } = this.#settings;
    if (!this.#hasFailed && nowMs >= this.#notBeforeMs && isUp(this.#connection.state)) {
      while (this.#inFlight < maxInFlight) {
        const entry = this.#queue.at(this.#inFlight);
        if (entry === undefined) return;
        this.#send(entry, nowMs);
      }
    }
    this.#alarm.notLaterThan(this.#queue.nextExpiryMs());
    if (this.#inFlight === 0 && this.#queue.length > 0) this.#alarm.notLaterThan(this.#retryMs());
  }

  #retryMs(): number {
    const { firstSentMs = Number.POSITIVE_INFINITY } = this.#queue.at(0) ?? {};
    const giveUpMs = firstSentMs + this.#settings.duplicateWindowMs;
    return isUp(this.#connection.state) ? Math.min(giveUpMs, this.#notBeforeMs) : giveUpMs;
  }

  #send(entry: OutboundEntry, nowMs: number): void {
    if (entry.firstSentMs === undefined) entry.firstSentMs = nowMs;
    else this.#counts.resent++;
    const sending = (entry.sendings ?? 0) + 1;
    entry.sendings = sending;
    this.#inFlight++;
    const send = () => sendToStream(this.#js, entry, this.#settings.ackTimeoutMs);
    void entry.inContext(send).then((result) => {
      if (entry.sendings === sending) this.#answered(entry, result);
    });
  }

  #answered(entry: OutboundEntry, result: SendResult): void {
    this.#inFlight--;
    if (result.outcome === 'retryable') this.#failed(entry, result);
    else {
      this.#queue.remove(entry);
      this.#counts.settle(entry, result);
      if (!this.#hasFailed) this.#failures = 0;
    }
    if (this.#hasFailed && this.#inFlight === 0) this.#pace();
    this.#wake();
  }

  #failed(entry: OutboundEntry, result: SendResult & { outcome: 'retryable' }): void {
    this.#hasFailed = true;
    entry.mayBeStored ||= result.mayBeStored;
    entry.lastError = result.error;
  }

  #pace(): void {
    this.#hasFailed = false;
    this.#failures++;
    const step = { attempt: this.#failures, round: this.#failures - 1 };
    this.#notBeforeMs = Date.now() + this.#settings.backoff(step, Math.random);
  }

  #lost(): void {
    for (let index = 0; index < this.#inFlight; index++) {
      const entry = this.#queue.at(index) as OutboundEntry;
      // A later answer is not the answer to the next sending.
      entry.sendings = (entry.sendings ?? 0) + 1;
      entry.mayBeStored = true;
      entry.lastError ??= new Error(`cannot publish to ${entry.subject}: the connection was lost`);
    }
    this.#inFlight = 0;
    this.#hasFailed = false;
  }

  #wake(): void {
    const { state } = this.#connection;
    if (state === 'closed') this.#finish();
    if (!isUp(state)) this.#lost();
    const nowMs = Date.now();
    for (const dropped of this.#queue.expire(nowMs)) this.#counts.drop(dropped);
    if (this.#inFlight === 0) this.#giveUpOld(nowMs);
    if (!this.#closed) this.#advance(nowMs);
    else if (this.#inFlight === 0) this.#giveUpAll();
  }

  /** Beyond the duplicate window a stream no longer knows what it has. */
  #giveUpOld(nowMs: number): void {
    for (let entry = this.#queue.at(0); entry; entry = this.#queue.at(0)) {
      const { firstSentMs = nowMs } = entry;
      if (nowMs - firstSentMs < this.#settings.duplicateWindowMs) return;
      this.#giveUp(entry);
    }
  }

  #giveUpAll(): void {
    for (const entry of this.#queue.head(this.#queue.length)) this.#giveUp(entry);
    this.#alarm.cancel();
    this.#end.settle();
  }

  #giveUp(entry: OutboundEntry): void {
    this.#queue.remove(entry);
    const error = entry.lastError ?? new Error(`cannot publish to ${entry.subject}: no answer`);
    this.#counts.settle(entry, { outcome: entry.mayBeStored ? 'uncertain' : 'refused', error });
  }

  /** What is on its way gets its answer still. */
  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const undo of this.#undo) undo();
    for (const entry of this.#queue.removeUnsent()) this.#counts.drop({ entry, reason: 'closed' });
    this.#wake();
  }
}
