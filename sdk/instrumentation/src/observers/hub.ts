import type { Attributes, SpanContext } from '@opentelemetry/api';
import type { DeliveredMessage } from '../kernel/delivered-message.ts';

/** What an observer is told about messages; subjects are templates already. */
export interface MessageObserver {
  sent(subject: string, messages: number): void;
  sentSize(subject: string, sizeBytes: number): void;
  received(subject: string): void;
  /** What the message says of its way; `attributes` name its consumer. */
  delivered(subject: string, message: DeliveredMessage, attributes: Attributes): void;
  processed(subject: string, seconds: number, span: SpanContext): void;
}

/** One open connection, as far as its numbers go. */
export interface LiveConnection {
  state: 'connected' | 'disconnected';
  stats(): { inBytes: number; outBytes: number };
  subscriptions(): number;
}

/** Counts since the process began. */
export interface ConnectionCounts {
  connects: number;
  disconnects: number;
  reconnects: number;
  slowConsumers: number;
  /** Of connections that are closed; those of open ones come on top. */
  inBytes: number;
  outBytes: number;
}

interface Hub {
  observers: Set<MessageObserver>;
  connections: Set<LiveConnection>;
  counts: ConnectionCounts;
}

const HUB = Symbol.for('hopline.nats.hub');

const fresh: Hub = {
  observers: new Set(),
  connections: new Set(),
  counts: { connects: 0, disconnects: 0, reconnects: 0, slowConsumers: 0, inBytes: 0, outBytes: 0 },
};
const shared = globalThis as { [HUB]?: Hub };
shared[HUB] ??= fresh;

/**
 * The one place that instrumentation and observers share. On `globalThis`, because the preload and an
 * application that imports this package may hold two copies of it.
 */
export const hub: Hub = shared[HUB];

/** Bytes of all connections, open and closed. */
export function transferredBytes(): { inBytes: number; outBytes: number } {
  let { inBytes, outBytes } = hub.counts;
  for (const connection of hub.connections) {
    const stats = connection.stats();
    inBytes += stats.inBytes;
    outBytes += stats.outBytes;
  }
  return { inBytes, outBytes };
}

export function activeSubscriptions(): number {
  let count = 0;
  for (const connection of hub.connections) count += connection.subscriptions();
  return count;
}
