import { ATTR } from '@hopline/model';
import type { Attributes } from '@opentelemetry/api';
import type { JetStreamMetadata } from './js-metadata.ts';

/** Consumers whose backlog is told; of more, those first seen longest ago are forgotten. */
const CONSUMERS_MAX = 500;

export interface Backlog {
  stream: string;
  /** The durable consumer; its stream alone stands for one whose name is new at each start. */
  consumer: string | undefined;
  /** Messages still waiting for it, as the last message from it said. */
  pending: number;
}

export class Backlogs implements Iterable<Backlog> {
  /** By stream and consumer, in the order they were first seen. */
  readonly #known = new Map<string, Backlog>();

  /** `attributes` are those of the delivery's metrics: they name the consumer. */
  note({ stream, pending }: JetStreamMetadata, attributes: Attributes): void {
    const subscription = attributes[ATTR.subscription];
    const consumer = subscription === undefined ? undefined : String(subscription);
    const key = `${stream} ${consumer ?? ''}`;
    const known = this.#known.get(key);
    if (known) {
      known.pending = pending;
      return;
    }
    if (this.#known.size >= CONSUMERS_MAX) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(key, { stream, consumer, pending });
  }

  [Symbol.iterator](): Iterator<Backlog> {
    return this.#known.values();
  }
}
