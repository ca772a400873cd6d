import type { Span } from '@opentelemetry/api';
import type { JetStreamMetadata } from './js-metadata.ts';

/** One message as it is handed to the application. Times are Unix milliseconds. */
export interface DeliveredMessage {
  sizeBytes: number;
  handedOutMs: number;
  /** When the client had parsed it, where that was noted. */
  receivedMs: number | undefined;
  /** Absent for core messages, and for state that a store gives back: it did not wait in a queue. */
  metadata: JetStreamMetadata | undefined;
  /** Of a core message that says when it was published, where that is measured. */
  publishedMs?: number | undefined;
  /** Of the operation that it was handed to: an exemplar of these times. */
  span: Span;
}

/** Seconds; undefined where a mark is missing or the clocks differ by more than the time itself. */
export function bufferSeconds({ handedOutMs, receivedMs }: DeliveredMessage): number | undefined {
  return receivedMs === undefined ? undefined : secondsBetween(receivedMs, handedOutMs);
}

/** From the store to the client. */
export function queueSeconds(message: DeliveredMessage): number | undefined {
  const { metadata, receivedMs, handedOutMs } = message;
  if (!metadata) return undefined;
  return secondsBetween(Number(metadata.storeTimeNs) / 1e6, receivedMs ?? handedOutMs);
}

/** From the publish call to the client. */
export function transitSeconds(message: DeliveredMessage): number | undefined {
  const { publishedMs, receivedMs, handedOutMs } = message;
  return publishedMs === undefined
    ? undefined
    : secondsBetween(publishedMs, receivedMs ?? handedOutMs);
}

function secondsBetween(fromMs: number, toMs: number): number | undefined {
  return toMs >= fromMs ? (toMs - fromMs) / 1000 : undefined;
}
