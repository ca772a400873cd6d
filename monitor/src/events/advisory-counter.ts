import type { AdvisoryRow } from '@hopline/model';
import { labelText, type MetricBlock, specs } from '../endpoints/compat/metric-block.ts';

/** Kinds of advisories that tell the fate of a message; each has a series by consumer. */
const FATES: ReadonlySet<string> = new Set(['max_deliver', 'terminated', 'nak']);
/** Series by consumer; the first ones keep theirs. All are in the count by kind. */
const MAX_CONSUMERS = 5_000;
/** The kinds of nats-server are about 25; an account may publish others under these subjects. */
const MAX_KINDS = 100;

interface OfConsumer {
  labels: string;
  count: number;
}

/** Counts JetStream advisories since we started to listen. */
export class AdvisoryCounter {
  /** There from the start, so that the first one of its kind is an increase. */
  readonly #byKind = new Map<string, number>([...FATES].map((kind) => [kind, 0]));
  readonly #byConsumer = new Map<string, OfConsumer>();

  take({ kind, domain, stream, consumer }: AdvisoryRow): void {
    const known = this.#byKind.has(kind) || this.#byKind.size < MAX_KINDS ? kind : 'other';
    this.#byKind.set(known, (this.#byKind.get(known) ?? 0) + 1);
    if (!FATES.has(kind)) return;
    const labels = labelText({ domain, stream, consumer, kind });
    const before = this.#byConsumer.get(labels);
    if (before) before.count++;
    else if (this.#byConsumer.size < MAX_CONSUMERS) {
      this.#byConsumer.set(labels, { labels, count: 1 });
    }
  }

  blocks(): MetricBlock[] {
    return [
      {
        metrics: specs('hopline_jetstream', { advisories_total: 'advisories heard' }, 'counter'),
        rows: [...this.#byKind].map(([kind, count]) => ({
          labels: labelText({ kind }),
          values: [count],
        })),
      },
      {
        metrics: specs(
          'hopline_consumer',
          { advisories_total: 'advisories heard of the fate of its messages' },
          'counter',
        ),
        rows: [...this.#byConsumer.values()].map(({ labels, count }) => ({
          labels,
          values: [count],
        })),
      },
    ];
  }
}
