import { AsyncLocalStorage } from 'node:async_hooks';
import { headers as createHeaders, type MsgHdrs } from '@nats-io/nats-core';
import type { OutboundEntry } from './outbound-queue.ts';
import type { PublishOutcome } from './outcome.ts';
import { MESSAGE_ID } from './publisher.ts';

const SUBJECT = /^[^\s.*>]+(\.[^\s.*>]+)*$/;

/** Throws TypeError unless something can be published to it. */
export function checkSubject(subject: string): void {
  if (SUBJECT.test(subject)) return;
  throw new TypeError(`cannot publish to ${JSON.stringify(subject)}: not a subject`);
}

/** A copy, with the id: the caller's headers stay the caller's. */
export function withMessageId(given: MsgHdrs | undefined, messageId: string | undefined): MsgHdrs {
  const headers = createHeaders();
  for (const [key, values] of given ?? []) for (const value of values) headers.append(key, value);
  if (messageId !== undefined) headers.set(MESSAGE_ID, messageId);
  return headers;
}

/** As they are on the wire. */
export function sizeBytesOf(
  subject: string,
  data: Uint8Array | string,
  headers: MsgHdrs | undefined,
): number {
  const dataBytes = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
  return subject.length + dataBytes + (headers === undefined ? 0 : headersBytes(headers));
}

export function outboundEntry(
  message: Pick<OutboundEntry, 'subject' | 'data' | 'headers' | 'messageId' | 'sizeBytes'>,
): OutboundEntry {
  const inContext = AsyncLocalStorage.snapshot();
  return { ...message, queuedMs: Date.now(), inContext, ...settleable<PublishOutcome>() };
}

/** What `Promise.withResolvers` gives, which Node has from 22 on. */
export function settleable<T>(): { promise: Promise<T>; settle: (value: T) => void } {
  let settle!: (value: T) => void;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

/** Resolves when all have their outcome or the deadline has passed; gives how many messages have none. */
export async function pendingAfter(
  deadlineMs: number,
  waiting: Iterable<readonly [{ readonly promise: Promise<unknown> }, number]>,
): Promise<number> {
  let pending = 0;
  const settled: Promise<unknown>[] = [];
  for (const [{ promise }, count] of waiting) {
    pending += count;
    settled.push(
      promise.then(() => {
        pending -= count;
      }),
    );
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  await Promise.race([Promise.all(settled), late]);
  clearTimeout(timer);
  return pending;
}

/** But for the first line. */
function headersBytes(headers: Iterable<[string, string[]]>): number {
  let bytes = 0;
  for (const [key, values] of headers) {
    for (const value of values) bytes += key.length + value.length + 4;
  }
  return bytes;
}
