import { type SpanContext, TraceFlags } from '@opentelemetry/api';
import type { JetStreamMetadata } from '../kernel/js-metadata.ts';

/** Messages without a final answer that are remembered, at least the half of it. */
const ATTEMPTS_MAX = 10_000;

/**
 * The span of the last attempt at each JetStream message that this process has not settled, so that the
 * next attempt can link to it. Attempts in other processes are not known here. In two generations: the
 * older one is forgotten as a whole, because taking the oldest entry out of a map gets slower with each.
 */
export class Attempts {
  #younger = new Map<string, SpanContext>();
  #older = new Map<string, SpanContext>();

  get size(): number {
    return this.#younger.size + this.#older.size;
  }

  /** The attempt before `metadata`'s, when it was made here. */
  previous(metadata: JetStreamMetadata): SpanContext | undefined {
    if (metadata.deliveryCount <= 1) return undefined;
    const key = keyOf(metadata);
    return this.#younger.get(key) ?? this.#older.get(key);
  }

  /** Only a sampled span can be the target of a link that leads anywhere. */
  remember(metadata: JetStreamMetadata, attempt: SpanContext): void {
    if ((attempt.traceFlags & TraceFlags.SAMPLED) === 0) return;
    this.#younger.set(keyOf(metadata), attempt);
    if (this.#younger.size < ATTEMPTS_MAX / 2) return;
    this.#older = this.#younger;
    this.#younger = new Map();
  }

  forget(metadata: JetStreamMetadata): void {
    if (this.size === 0) return;
    const key = keyOf(metadata);
    this.#younger.delete(key);
    this.#older.delete(key);
  }
}

function keyOf({ domain, stream, consumer, streamSequence }: JetStreamMetadata): string {
  return `${domain ?? ''}.${stream}.${consumer}.${streamSequence}`;
}
