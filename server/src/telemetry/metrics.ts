export type Labels = Readonly<Record<string, string>>;
type Kind = 'counter' | 'gauge' | 'histogram';

interface Sample {
  /** Appended to the family's name: '' or `_bucket`, `_sum`, `_count`. */
  suffix: string;
  labels: Labels;
  value: number;
}

interface Family {
  name: string;
  kind: Kind;
  help: string;
  samples: () => Iterable<Sample>;
}

/** A number that only grows, one a set of label values. */
export interface Counter {
  add(labels: Labels, by?: number): void;
}

export interface Histogram {
  observe(labels: Labels, value: number): void;
}

interface HistogramState {
  counts: number[];
  sum: number;
  count: number;
}

/** Our own metrics. Label values must come from small fixed sets: nothing is ever forgotten. */
export class Metrics {
  readonly #families: Family[] = [];

  /** `name` ends in `_total`. */
  counter(name: string, help: string): Counter {
    const values = new Map<string, { labels: Labels; value: number }>();
    this.#add({
      name,
      kind: 'counter',
      help,
      samples: () => Array.from(values.values(), (one) => ({ suffix: '', ...one })),
    });
    return {
      add: (labels, by = 1) => {
        const key = labelText(labels);
        const known = values.get(key);
        if (known) known.value += by;
        else values.set(key, { labels, value: by });
      },
    };
  }

  /** Asked for its values each time the metrics are read. */
  gauge(name: string, help: string, read: () => Iterable<[Labels, number]> | number): void {
    this.#sampled('gauge', { name, help, read });
  }

  /** A counter that somebody else counts. */
  counted(name: string, help: string, read: () => Iterable<[Labels, number]> | number): void {
    this.#sampled('counter', { name, help, read });
  }

  /** `bounds`: upper bounds of the buckets, rising; the last one, infinity, is implied. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    const states = new Map<string, HistogramState & { labels: Labels }>();
    this.#add({
      name,
      kind: 'histogram',
      help,
      samples: function* () {
        for (const state of states.values()) yield* histogramSamples(state, bounds);
      },
    });
    return {
      observe: (labels, value) => {
        const key = labelText(labels);
        let state = states.get(key);
        if (state === undefined) {
          state = { labels, counts: bounds.map(() => 0), sum: 0, count: 0 };
          states.set(key, state);
        }
        const bucket = bounds.findIndex((bound) => value <= bound);
        if (bucket >= 0) state.counts[bucket]! += 1;
        state.sum += value;
        state.count++;
      },
    };
  }

  /** Prometheus text exposition, version 0.0.4. */
  render(): string {
    return this.#families.map(familyText).join('');
  }

  #sampled(
    kind: Kind,
    {
      name,
      help,
      read,
    }: { name: string; help: string; read: () => Iterable<[Labels, number]> | number },
  ): void {
    const samples = function* (): Generator<Sample> {
      const value = read();
      const all: Iterable<[Labels, number]> = typeof value === 'number' ? [[{}, value]] : value;
      for (const [labels, one] of all) yield { suffix: '', labels, value: one };
    };
    this.#add({ name, kind, help, samples });
  }

  #add(family: Family): void {
    if (this.#families.some((known) => known.name === family.name)) {
      throw new Error(`cannot add metric ${family.name}: it exists`);
    }
    this.#families.push(family);
  }
}

function* histogramSamples(
  { labels, counts, sum, count }: HistogramState & { labels: Labels },
  bounds: readonly number[],
): Generator<Sample> {
  let below = 0;
  for (const [index, bound] of bounds.entries()) {
    below += counts[index]!;
    yield { suffix: '_bucket', labels: { ...labels, le: `${bound}` }, value: below };
  }
  yield { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count };
  yield { suffix: '_sum', labels, value: sum };
  yield { suffix: '_count', labels, value: count };
}

function familyText({ name, kind, help, samples }: Family): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`];
  for (const { suffix, labels, value } of samples()) {
    lines.push(`${name}${suffix}${labelText(labels)} ${number(value)}`);
  }
  return `${lines.join('\n')}\n`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const number = (value: number): string =>
  Number.isFinite(value) ? `${value}` : value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN';
