import { unixNsText } from '../kernel/clock.ts';
import type { NatsHeaders } from '../kernel/nats-internals.ts';

/** T0 on the message itself: Unix nanoseconds, decimal, by the clock of the publisher. */
export const PUBLISH_TIME_HEADER = 'Hopline-Publish-Time';

/** One that the user has put there himself stays. */
export function markPublishTime(headers: NatsHeaders, atMs: number): void {
  if (headers.headers.has(PUBLISH_TIME_HEADER)) return;
  headers.headers.set(PUBLISH_TIME_HEADER, [unixNsText(atMs)]);
}

/** Unix milliseconds; undefined for what is no such time. */
export function publishTimeMs(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{16,20}$/.test(text) ? Number(text) / 1e6 : undefined;
}
