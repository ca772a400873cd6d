import { type MetricBlock, type MetricRow, specs } from '../endpoints/compat/metric-block.ts';

/** Upper bounds in seconds: few, because each is a series of every consumer and service. */
const BOUNDS = [0.005, 0.025, 0.1, 0.5, 2.5, 10] as const;

/** Durations of one set of labels, as Prometheus' classic histogram counts them. */
export class DurationHistogram {
  readonly #bounds: readonly number[];
  /** Of each bound those that are not longer, all in the last. */
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[] = BOUNDS) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(seconds: number): void {
    this.#sum += seconds;
    for (const [at, bound] of [...this.#bounds, Number.POSITIVE_INFINITY].entries()) {
      if (seconds <= bound) this.#counts[at]!++;
    }
  }

  buckets(labels: string): MetricRow[] {
    return this.#counts.map((count, at) => ({
      labels: `${labels},le="${this.#bounds[at] ?? '+Inf'}"`,
      values: [count],
    }));
  }

  /** Sum and count. */
  totals(labels: string): MetricRow {
    return { labels, values: [this.#sum, this.#counts.at(-1) ?? 0] };
  }
}

/** One histogram metric: blocks that must stand together. */
export function histogramBlocks(
  name: string,
  help: string,
  histograms: Iterable<readonly [labels: string, histogram: DurationHistogram]>,
): MetricBlock[] {
  const all = [...histograms];
  return [
    {
      metrics: specs(name, { bucket: help }, 'histogram'),
      rows: all.flatMap(([labels, histogram]) => histogram.buckets(labels)),
    },
    {
      metrics: specs(name, { sum: help, count: help }, 'histogram'),
      rows: all.map(([labels, histogram]) => histogram.totals(labels)),
    },
  ];
}
