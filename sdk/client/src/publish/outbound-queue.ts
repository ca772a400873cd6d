import type { MsgHdrs } from '@nats-io/nats-core';
import type { DropReason, PublishOutcome } from './outcome.ts';

export interface OutboundMessage {
  readonly subject: string;
  readonly data: Uint8Array | string;
  readonly headers: MsgHdrs | undefined;
}

/** A message that waits for its turn or for its acknowledgement. */
export interface OutboundEntry extends OutboundMessage {
  readonly sizeBytes: number;
  readonly queuedMs: number;
  readonly messageId?: string;
  readonly promise: Promise<PublishOutcome>;
  firstSentMs?: number;
  /** Sendings so far. */
  sendings?: number;
  mayBeStored?: boolean;
  lastError?: Error;
  /** Runs a sending in the asynchronous context of its `publish`: in another one it would join another's trace. */
  inContext<T>(run: () => T): T;
  settle(outcome: PublishOutcome): void;
}

export interface QueueLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** How long a message may wait for its first sending. */
  readonly maxAgeMs: number;
  readonly whenFull: 'drop-oldest' | 'drop-newest' | 'refuse';
}

/**
 * First in, first out, bounded. What was sent once is neither dropped for room nor for age: it may be
 * stored already. Sent entries are always a prefix.
 */
export class OutboundQueue {
  readonly #limits: QueueLimits;
  readonly #besides: { readonly length: number; readonly sizeBytes: number };
  #entries: OutboundEntry[] = [];
  #sizeBytes = 0;

  /** `besides`: what counts towards the limits, too. */
  constructor(limits: QueueLimits, besides = { length: 0, sizeBytes: 0 }) {
    this.#limits = limits;
    this.#besides = besides;
  }

  get length(): number {
    return this.#entries.length;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Gives what had to go, the new entry included when it found no room; or the limit that was hit. */
  offer(entry: OutboundEntry): { dropped: Dropped[] } | { full: string } {
    const { whenFull, maxBytes } = this.#limits;
    const tooLarge = entry.sizeBytes > maxBytes;
    if (tooLarge && whenFull !== 'refuse') return { dropped: [{ entry, reason: 'newest' }] };
    const dropped: Dropped[] = [];
    for (let limit = this.#hit(entry); limit !== undefined; limit = this.#hit(entry)) {
      if (whenFull === 'refuse') return { full: limit };
      const oldest = whenFull === 'drop-oldest' ? this.#removeOldestUnsent() : undefined;
      if (oldest === undefined) return { dropped: [...dropped, { entry, reason: 'newest' }] };
      dropped.push({ entry: oldest, reason: 'oldest' });
    }
    this.#entries.push(entry);
    this.#sizeBytes += entry.sizeBytes;
    return { dropped };
  }

  head(count: number): readonly OutboundEntry[] {
    return this.#entries.slice(0, count);
  }

  at(index: number): OutboundEntry | undefined {
    return this.#entries[index];
  }

  /** False when it is not here (any more). Fast for those near the head. */
  remove(entry: OutboundEntry): boolean {
    const index = this.#entries.indexOf(entry);
    if (index === -1) return false;
    if (index === 0) this.#entries.shift();
    else this.#entries.splice(index, 1);
    this.#sizeBytes -= entry.sizeBytes;
    return true;
  }

  /** Takes out everything that was never sent. */
  removeUnsent(): readonly OutboundEntry[] {
    return this.#removeUnsent(() => true);
  }

  /** Takes out what has waited too long without ever being sent. */
  expire(nowMs: number): Dropped[] {
    const { maxAgeMs } = this.#limits;
    const old = this.#removeUnsent((entry) => nowMs - entry.queuedMs >= maxAgeMs);
    return old.map((entry) => ({ entry, reason: 'age' }));
  }

  /** When the next one becomes too old; infinite when none will. */
  nextExpiryMs(): number {
    const waiting = this.#entries.find((entry) => entry.firstSentMs === undefined);
    return waiting === undefined
      ? Number.POSITIVE_INFINITY
      : waiting.queuedMs + this.#limits.maxAgeMs;
  }

  /** Sent ones are first, and the others stand in the order of their age. */
  #removeUnsent(isOld: (entry: OutboundEntry) => boolean): OutboundEntry[] {
    const from = this.#entries.findIndex((entry) => entry.firstSentMs === undefined);
    if (from === -1) return [];
    let to = from;
    for (let next = this.#entries[to]; next && isOld(next); next = this.#entries[to]) to++;
    const removed = this.#entries.splice(from, to - from);
    for (const entry of removed) this.#sizeBytes -= entry.sizeBytes;
    return removed;
  }

  #hit(entry: OutboundEntry): string | undefined {
    const { maxMessages, maxBytes } = this.#limits;
    const { length, sizeBytes } = this.#besides;
    if (length + this.#entries.length >= maxMessages) return `${maxMessages} messages`;
    if (sizeBytes + this.#sizeBytes + entry.sizeBytes > maxBytes) return `${maxBytes} bytes`;
    return undefined;
  }

  #removeOldestUnsent(): OutboundEntry | undefined {
    const index = this.#entries.findIndex((entry) => entry.firstSentMs === undefined);
    if (index === -1) return undefined;
    const [entry] = this.#entries.splice(index, 1);
    this.#sizeBytes -= entry?.sizeBytes ?? 0;
    return entry;
  }
}

export interface Dropped {
  entry: OutboundEntry;
  reason: DropReason;
}
