import type { MsgHdrs } from '@nats-io/nats-core';
import type { PublishOutcome } from './outcome.ts';

/** Whose outcome a message shares: messages that were sent in one go are confirmed in one go. */
export interface Batch {
  readonly promise: Promise<PublishOutcome>;
  readonly firstSentMs?: number;
  /** Its outcome is that of more than one message. */
  readonly isShared?: boolean;
  settle(outcome: PublishOutcome): void;
}

export interface SentMessage {
  readonly subject: string;
  readonly data: Uint8Array | string;
  readonly headers: MsgHdrs | undefined;
  readonly batch: Batch;
}

/** Part of a window, from its oldest message on. */
export interface Confirmed {
  readonly runs: number;
  readonly length: number;
  readonly sizeBytes: number;
}

interface Run {
  readonly batch: Batch;
  count: number;
}

const FIRST_CAPACITY = 256;

/**
 * What was sent and is not confirmed, in order. Rings instead of objects: nothing is allocated for a
 * message (the capacity doubles when it must, up to what the publisher lets in). Messages of one batch
 * follow each other: a run.
 */
export class SentWindow {
  #subjects: string[] = Array(FIRST_CAPACITY).fill('');
  #data: (Uint8Array | string)[] = Array(FIRST_CAPACITY).fill('');
  #headers: (MsgHdrs | undefined)[] = Array(FIRST_CAPACITY).fill(undefined);
  #hasHeaders = false;
  #mask = FIRST_CAPACITY - 1;
  #first = 0;
  #length = 0;
  #sizeBytes = 0;
  #runs: Run[] = [];
  #lastRun: Run | undefined;

  get length(): number {
    return this.#length;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** All that is in it now, to be settled later. */
  get whole(): Confirmed {
    return { runs: this.#runs.length, length: this.#length, sizeBytes: this.#sizeBytes };
  }

  /** What is pushed from here on belongs to this batch. */
  open(batch: Batch): void {
    if (this.#lastRun?.batch === batch) return;
    this.#lastRun = { batch, count: 0 };
    this.#runs.push(this.#lastRun);
  }

  push(subject: string, data: Uint8Array | string, sizeBytes: number): void {
    if (this.#length > this.#mask) this.#grow();
    const at = (this.#first + this.#length++) & this.#mask;
    this.#subjects[at] = subject;
    this.#data[at] = data;
    (this.#lastRun as Run).count++;
    this.#sizeBytes += sizeBytes;
  }

  /** The headers of what was pushed last. Few have any: a call of its own is cheaper than an argument. */
  attach(headers: MsgHdrs): void {
    this.#headers[(this.#first + this.#length - 1) & this.#mask] = headers;
    this.#hasHeaders = true;
  }

  /** Empties it. */
  takeAll(): SentMessage[] {
    const messages: SentMessage[] = [];
    for (const { batch, count } of this.#runs) {
      for (const end = messages.length + count; messages.length < end; ) {
        const at = (this.#first + messages.length) & this.#mask;
        const subject = this.#subjects[at] as string;
        messages.push({ subject, data: this.#data[at] ?? '', headers: this.#headers[at], batch });
      }
    }
    this.#forget(this.whole);
    return messages;
  }

  /** Each batch and how many messages it has here, oldest first. */
  batches(): (readonly [Batch, number])[] {
    return this.#runs.map(({ batch, count }) => [batch, count] as const);
  }

  settle(confirmed: Confirmed, outcome: PublishOutcome): void {
    const settled = this.#runs.slice(0, confirmed.runs);
    this.#forget(confirmed);
    for (const { batch } of settled) batch.settle(outcome);
  }

  /** Nothing may keep a payload alive that has arrived. */
  #forget({ runs, length, sizeBytes }: Confirmed): void {
    const end = this.#first + length;
    this.#clear(this.#first, Math.min(end, this.#mask + 1));
    if (end > this.#mask + 1) this.#clear(0, end & this.#mask);
    this.#first = end & this.#mask;
    this.#length -= length;
    this.#sizeBytes -= sizeBytes;
    this.#runs.splice(0, runs);
    if (this.#runs.length === 0) this.#lastRun = undefined;
    if (this.#length === 0) this.#hasHeaders = false;
  }

  #clear(from: number, to: number): void {
    this.#data.fill('', from, to);
    if (this.#hasHeaders) this.#headers.fill(undefined, from, to);
  }

  #grow(): void {
    const capacity = 2 * (this.#mask + 1);
    const turned = <T>(ring: T[], empty: T): T[] => [
      ...ring.slice(this.#first),
      ...ring.slice(0, this.#first),
      ...Array<T>(capacity / 2).fill(empty),
    ];
    this.#subjects = turned(this.#subjects, '');
    this.#data = turned(this.#data, '');
    this.#headers = turned(this.#headers, undefined);
    this.#mask = capacity - 1;
    this.#first = 0;
  }
}
