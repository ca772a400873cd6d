import { type SpanContext, TraceFlags } from '@opentelemetry/api';
import type { JetStreamMetadata } from '../kernel/js-metadata.ts';

/** Messages without a final answer that are remembered; the oldest are forgotten first. */
const ATTEMPTS_MAX = 10_000;

/**
 * The span of the last attempt at each JetStream message that this process has not settled, so that the
 * next attempt can link to it. Attempts in other processes are not known here.
 */
export class Attempts {
  readonly #last = new Map<string, SpanContext>();

  get size(): number {
    return this.#last.size;
  }

  /** The attempt before `metadata`'s, when it was made here. */
  previous(metadata: JetStreamMetadata): SpanContext | undefined {
    return metadata.deliveryCount > 1 ? this.#last.get(keyOf(metadata)) : undefined;
  }

  /** Only a sampled span can be the target of a link that leads anywhere. */
  remember(metadata: JetStreamMetadata, attempt: SpanContext): void {
    if ((attempt.traceFlags & TraceFlags.SAMPLED) === 0) return;
    const key = keyOf(metadata);
    // Deleted first, so that the map's order is the order of the last attempts.
    this.#last.delete(key);
    this.#last.set(key, attempt);
    if (this.#last.size <= ATTEMPTS_MAX) return;
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }

  forget(metadata: JetStreamMetadata): void {
    if (this.#last.size > 0) this.#last.delete(keyOf(metadata));
  }
}

function keyOf({ domain, stream, consumer, streamSequence }: JetStreamMetadata): string {
  return `${domain ?? ''}.${stream}.${consumer}.${streamSequence}`;
}
