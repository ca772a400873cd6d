import type { MsgHdrs, NatsConnection } from '@nats-io/nats-core';
import { BufferFull, toError } from '../errors.ts';
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
import { type OutboundMessage, OutboundQueue } from './outbound-queue.ts';
import type { PublishOutcome } from './outcome.ts';
import type { Publisher, PublisherStats, PublishOptions } from './publisher.ts';
import { PublisherCounts } from './publisher-counts.ts';
import { classify } from './send-to-stream.ts';
import { type Batch, type Confirmed, type SentMessage, SentWindow } from './sent-window.ts';

const ACKNOWLEDGED: PublishOutcome = { outcome: 'acknowledged', duplicate: false };
const DEADLINE_MS = 10_000;

/**
 * Publishes without a stream. While the connection is up a message goes straight to nats.js, and a PING
 * follows what was published in one go: its PONG confirms all that came before. What no PONG confirmed
 * when the connection is lost is sent again, in order, before anything new; what is published during the
 * outage waits in the queue.
 */
export class CorePublisher implements Publisher {
  readonly #nc: NatsConnection;
  readonly #connection: PublisherConnection;
  readonly #settings: PublisherSettings;
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  readonly #window = new SentWindow();
  readonly #queue: OutboundQueue;
  readonly #counts: PublisherCounts;
  readonly #undo: (() => void)[];
  readonly #alarm = new Alarm(() => this.#wake());
  readonly #end = settleable<void>();
  readonly ended = this.#end.promise;
  /** A message may go straight to nats.js: nothing waits before it. */
  #direct = false;
  /** Changes when the connection is lost: what was asked before is not answered any more. */
  #epoch = 0;
  #batch: Batch | undefined;
  #awaitsPong = false;
  #failures = 0;
  #notBeforeMs = 0;
  #closed = false;
  #goodSubject = '';

  constructor(connection: PublisherConnection, settings: PublisherSettings) {
    this.#nc = connection.nc;
    this.#connection = connection;
    this.#settings = settings;
    this.#maxMessages = settings.maxMessages;
    this.#maxBytes = settings.maxBytes;
    this.#queue = new OutboundQueue(settings, this.#window);
    this.#counts = new PublisherCounts(settings.onDrop);
    this.#undo = [
      connection.onEvent((event) => {
        // At every dial nats.js forgets what it holds.
        if (event.type === 'attempt') this.#lost();
        else if (event.type === 'state') this.#wake();
      }),
      connection.beforeDrain('output', async () => await this.close()),
    ];
    this.#wake();
  }

  publish(
    subject: string,
    data: Uint8Array | string = '',
    options?: PublishOptions,
  ): Promise<PublishOutcome> {
    if (subject !== this.#goodSubject) {
      checkSubject(subject);
      this.#goodSubject = subject;
    }
    const headers = options === undefined ? undefined : headersOf(options);
    const sizeBytes = sizeBytesOf(subject, data, headers);
    if (!this.#hasRoom(sizeBytes)) {
      return this.#enqueue({ subject, data, headers }, sizeBytes, options?.messageId);
    }
    // Before the message, so that its PING leaves in the same write.
    const batch = this.#batch ?? this.#openBatch();
    try {
      if (headers === undefined) this.#nc.publish(subject, data);
      else this.#nc.publish(subject, data, { headers });
    } catch (thrown) {
      const outcome = classify(toError(thrown));
      if (outcome.outcome === 'refused') {
        this.#counts.count(outcome);
        return Promise.resolve(outcome);
      }
      this.#lost();
      this.#retryLater();
      return this.#enqueue({ subject, data, headers }, sizeBytes, options?.messageId);
    }
    this.#window.push(subject, data, sizeBytes);
    if (headers !== undefined) this.#window.attach(headers);
    return batch.promise;
  }

  async flush(options: { deadlineMs?: number } = {}): Promise<{ pending: number }> {
    const queued = this.#queue.head(this.#queue.length).map((entry) => [entry, 1] as const);
    const waiting = [...this.#window.batches(), ...queued];
    return { pending: await pendingAfter(options.deadlineMs ?? DEADLINE_MS, waiting) };
  }

  get stats(): PublisherStats {
    return this.#counts.stats({
      length: this.#window.length + this.#queue.length,
      sizeBytes: this.#window.sizeBytes + this.#queue.sizeBytes,
    });
  }

  async close(options: { deadlineMs?: number } = {}): Promise<void> {
    if (!this.#closed) await this.flush(options);
    this.#finish();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #hasRoom(sizeBytes: number): boolean {
    return (
      this.#direct &&
      this.#window.length < this.#maxMessages &&
      this.#window.sizeBytes + sizeBytes <= this.#maxBytes
    );
  }

  #openBatch(): Batch {
    const batch = { ...settleable<PublishOutcome>(), firstSentMs: Date.now(), isShared: true };
    this.#batch = batch;
    this.#window.open(batch);
    if (!this.#awaitsPong) {
      this.#awaitsPong = true;
      const epoch = this.#epoch;
      queueMicrotask(() => this.#ping(epoch));
    }
    return batch;
  }

  /** At most one is on its way: what is published meanwhile is the next batch. */
  #ping(epoch: number): void {
    if (epoch !== this.#epoch) return;
    const sent = this.#window.whole;
    this.#batch = undefined;
    this.#nc.flush().then(
      () => this.#pong(epoch, sent),
      () => this.#silence(epoch),
    );
  }

  #pong(epoch: number, sent: Confirmed): void {
    if (epoch !== this.#epoch) return;
    this.#window.settle(sent, ACKNOWLEDGED);
    this.#counts.acknowledged += sent.length;
    this.#failures = 0;
    this.#awaitsPong = this.#window.length > 0;
    if (this.#awaitsPong) this.#ping(epoch);
  }

  /** The connection was lost though it may say `connected` again already. */
  #silence(epoch: number): void {
    if (epoch !== this.#epoch) return;
    this.#lost();
    this.#retryLater();
  }

  #retryLater(): void {
    this.#failures++;
    const step = { attempt: this.#failures, round: this.#failures - 1 };
    this.#notBeforeMs = Date.now() + this.#settings.backoff(step, Math.random);
    this.#alarm.notLaterThan(this.#notBeforeMs);
  }

  #lost(): void {
    this.#epoch++;
    this.#direct = false;
    this.#awaitsPong = false;
    this.#batch = undefined;
  }

  #wake(): void {
    const { state } = this.#connection;
    if (state === 'closed') this.#finish();
    if (this.#closed) return;
    if (this.#direct && !isUp(state)) this.#lost();
    const nowMs = Date.now();
    for (const dropped of this.#queue.expire(nowMs)) this.#counts.drop(dropped);
    if (!this.#direct && isUp(state)) {
      if (nowMs >= this.#notBeforeMs) this.#resume(nowMs);
      else this.#alarm.notLaterThan(this.#notBeforeMs);
    }
    this.#alarm.notLaterThan(this.#queue.nextExpiryMs());
  }

  /** First what may be lost, then what waits; all before anything new. */
  #resume(nowMs: number): void {
    this.#direct = true;
    for (const message of this.#window.takeAll()) {
      const { firstSentMs = nowMs } = message.batch;
      if (nowMs - firstSentMs >= this.#settings.duplicateWindowMs) this.#giveUp(message);
      else if (this.#sendAgain(message)) this.#counts.resent++;
    }
    for (let entry = this.#queue.at(0); entry && this.#direct; entry = this.#queue.at(0)) {
      this.#queue.remove(entry);
      entry.firstSentMs = nowMs;
      const waiting = entry;
      waiting.inContext(() => this.#sendAgain({ ...waiting, batch: waiting }));
    }
    this.#awaitsPong = this.#direct && this.#window.length > 0;
    if (this.#awaitsPong) this.#ping(this.#epoch);
    if (!this.#direct) this.#retryLater();
  }

  /** Whatever is neither sent nor refused stays in the window. */
  #sendAgain(message: SentMessage): boolean {
    const { subject, data, headers, batch } = message;
    if (this.#direct) {
      try {
        this.#nc.publish(subject, data, headers && { headers });
      } catch (thrown) {
        const outcome = classify(toError(thrown));
        if (outcome.outcome === 'refused') return this.#refuse(message, outcome);
        this.#lost();
      }
    }
    this.#window.open(batch);
    this.#window.push(subject, data, sizeBytesOf(subject, data, headers));
    if (headers !== undefined) this.#window.attach(headers);
    return this.#direct;
  }

  /** Too large for the server that is there now, for one. Of the others in its batch nothing is said. */
  #refuse({ batch }: SentMessage, outcome: PublishOutcome & { outcome: 'refused' }): false {
    this.#counts.count(outcome);
    batch.settle(batch.isShared ? { outcome: 'uncertain', error: outcome.error } : outcome);
    return false;
  }

  #giveUp({ batch, subject }: SentMessage): void {
    const error = new Error(`cannot publish to ${subject}: no answer`);
    const outcome: PublishOutcome = { outcome: 'uncertain', error };
    this.#counts.count(outcome);
    batch.settle(outcome);
  }

  #enqueue(
    message: OutboundMessage,
    sizeBytes: number,
    messageId: string | undefined,
  ): Promise<PublishOutcome> {
    const entry = outboundEntry({ ...message, sizeBytes, ...(messageId && { messageId }) });
    if (this.#closed) {
      this.#counts.drop({ entry, reason: 'closed' });
      return entry.promise;
    }
    const offered = this.#queue.offer(entry);
    if ('full' in offered) {
      this.#counts.bufferFull++;
      throw new BufferFull(entry.subject, offered.full);
    }
    for (const dropped of offered.dropped) this.#counts.drop(dropped);
    this.#alarm.notLaterThan(this.#queue.nextExpiryMs());
    return entry.promise;
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#lost();
    this.#alarm.cancel();
    for (const undo of this.#undo) undo();
    for (const message of this.#window.takeAll()) this.#giveUp(message);
    for (const entry of this.#queue.removeUnsent()) this.#counts.drop({ entry, reason: 'closed' });
    this.#end.settle();
  }
}

function headersOf({ headers, messageId }: PublishOptions): MsgHdrs | undefined {
  if (headers === undefined && messageId === undefined) return undefined;
  return withMessageId(headers, messageId);
}
