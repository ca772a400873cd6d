import type { Drop } from './options.ts';
import type { Dropped, OutboundEntry } from './outbound-queue.ts';
import type { PublishOutcome } from './outcome.ts';
import type { PublisherStats } from './publisher.ts';

/** What became of the messages of one publisher, and who must be told. */
export class PublisherCounts {
  acknowledged = 0;
  resent = 0;
  bufferFull = 0;
  readonly #outcomes = { duplicates: 0, refused: 0, uncertain: 0 };
  readonly #dropped = { oldest: 0, newest: 0, age: 0, closed: 0 };
  readonly #onDrop: (drop: Drop) => void;

  constructor(onDrop: (drop: Drop) => void) {
    this.#onDrop = onDrop;
  }

  count(outcome: PublishOutcome): void {
    if (outcome.outcome === 'dropped') this.#dropped[outcome.reason]++;
    else if (outcome.outcome === 'acknowledged') this.acknowledged++;
    else this.#outcomes[outcome.outcome]++;
    if (outcome.outcome === 'acknowledged' && outcome.duplicate) this.#outcomes.duplicates++;
  }

  settle(entry: OutboundEntry, outcome: PublishOutcome): void {
    this.count(outcome);
    entry.settle(outcome);
  }

  drop({ entry, reason }: Dropped): void {
    this.settle(entry, { outcome: 'dropped', reason });
    const { subject, messageId } = entry;
    this.#onDrop({ subject, ...(messageId !== undefined && { messageId }), reason });
  }

  stats(buffered: { length: number; sizeBytes: number }): PublisherStats {
    const { acknowledged, resent, bufferFull } = this;
    const { duplicates, refused, uncertain } = this.#outcomes;
    return {
      buffered: buffered.length,
      bufferedBytes: buffered.sizeBytes,
      acknowledged,
      bufferFull,
      duplicates,
      refused,
      uncertain,
      dropped: { ...this.#dropped },
      resent,
    };
  }
}
