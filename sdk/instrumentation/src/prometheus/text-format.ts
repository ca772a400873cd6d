import type { Exemplar, SubjectHistogram } from './subject-histogram.ts';

/**
 * The two text formats that a scraper may ask for. OpenMetrics has exemplars, names counters without
 * `_total` in their head and ends with a mark; the rest is the same.
 */
export interface TextFormat {
  contentType: string;
  openMetrics: boolean;
}

/** The Prometheus text format 0.0.4. */
const PROMETHEUS: TextFormat = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  openMetrics: false,
};
const OPEN_METRICS: TextFormat = {
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  openMetrics: true,
};

/** What a scraper takes by its `Accept` header: OpenMetrics where it is named at all. */
export function textFormatFor(accept: string | undefined): TextFormat {
  return accept?.includes('application/openmetrics-text') ? OPEN_METRICS : PROMETHEUS;
}

export type MetricType = 'counter' | 'gauge' | 'histogram';
export type Labels = Record<string, string>;
export type Sample = [labels: Labels, value: number];

/** Collects the lines of one scrape. */
export class TextWriter {
  readonly #lines: string[] = [];
  readonly #format: TextFormat;

  constructor(format: TextFormat) {
    this.#format = format;
  }

  /** The name of a counter ends in `_total`. */
  samples(name: string, [type, help]: [MetricType, string], samples: Iterable<Sample>): void {
    const family =
      this.#format.openMetrics && type === 'counter' ? name.replace(/_total$/, '') : name;
    this.#lines.push(`# HELP ${family} ${help}`, `# TYPE ${family} ${type}`);
    for (const [labels, value] of samples) this.#lines.push(`${name}${written(labels)} ${value}`);
  }

  histogram(name: string, help: string, histogram: SubjectHistogram): void {
    this.samples(name, ['histogram', help], []);
    for (const [subject, { buckets, exemplars, count, sum }] of histogram.bySubject) {
      let below = 0;
      for (const [at, boundary] of [...histogram.boundaries, '+Inf'].entries()) {
        below += buckets[at] ?? 0;
        const labels = written({ subject, le: String(boundary) });
        this.#lines.push(`${name}_bucket${labels} ${below}${this.#exemplar(exemplars[at])}`);
      }
      const labels = written({ subject });
      this.#lines.push(`${name}_sum${labels} ${sum}`, `${name}_count${labels} ${count}`);
    }
  }

  text(): string {
    return [...this.#lines, ...(this.#format.openMetrics ? ['# EOF'] : []), ''].join('\n');
  }

  #exemplar(exemplar: Exemplar | undefined): string {
    if (!exemplar || !this.#format.openMetrics) return '';
    const { traceId, spanId, value, atMs } = exemplar;
    return ` # ${written({ trace_id: traceId, span_id: spanId })} ${value} ${atMs / 1000}`;
  }
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
