import { EXPORTER_METRICS } from './catalogue-exporter.ts';
import { HOPLINE_METRICS } from './catalogue-hopline.ts';
import { SURVEYOR_METRICS } from './catalogue-surveyor.ts';
import type { Metric, Mode } from './metric.ts';

export interface CatalogueOptions {
  modes: readonly Mode[];
  /** What `-prefix` gave the exporter instead of `gnatsd` and `jetstream`. */
  prefix?: string | undefined;
}

/** Knows every name that a mode can give. Pure. */
export class Catalogue {
  readonly #metrics = new Map<string, Metric>();
  readonly #prefixes: readonly string[];
  readonly #others = new Map<string, Mode>();

  constructor({ modes, prefix }: CatalogueOptions) {
    for (const metric of [...EXPORTER_METRICS, ...SURVEYOR_METRICS, ...HOPLINE_METRICS]) {
      for (const name of namesOf(metric, prefix)) {
        if (modes.includes(metric.mode)) this.#add({ ...metric, name });
        else this.#others.set(name, metric.mode);
      }
    }
    this.#prefixes = [
      'gnatsd_',
      'jetstream_',
      'nats_',
      'hopline_',
      ...(prefix ? [`${prefix}_`] : []),
    ];
  }

  get(name: string): Metric | undefined {
    return this.#metrics.get(name);
  }

  /** Whether the name would be one of ours: only of those can be said that they do not exist. */
  claims(name: string): boolean {
    return this.#prefixes.some((prefix) => name.startsWith(prefix));
  }

  /** Why there is no such metric, and the nearest that there is. */
  whyUnknown(name: string): string {
    const other = this.#others.get(name);
    if (other) return `only the mode "${other}" has it`;
    const near = this.#nearest(name);
    return near === undefined ? 'no version of nats-server gives it' : `did you mean ${near}?`;
  }

  /** `nats_consumer_*` is what two of them use: the first one's meaning, and the labels of both. */
  #add(metric: Metric): void {
    const first = this.#metrics.get(metric.name);
    const labels = [...new Set([...(first?.labels ?? []), ...metric.labels])];
    this.#metrics.set(metric.name, { ...(first ?? metric), labels });
  }

  #nearest(name: string): string | undefined {
    const most = Math.max(2, Math.floor(name.length / 6));
    let best: { name: string; distance: number } | undefined;
    for (const known of this.#metrics.keys()) {
      if (Math.abs(known.length - name.length) > most) continue;
      const distance = editDistance(known, name);
      if (distance <= most && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) {
        best = { name: known, distance };
      }
    }
    return best?.name;
  }
}

/** The chart of NATS for Kubernetes runs the exporter with the prefix `nats`. */
function namesOf({ name, mode }: Metric, prefix: string | undefined): string[] {
  if (mode !== 'exporter' || name.startsWith('hopline_')) return [name];
  const rest = name.replace(/^(gnatsd|jetstream)_/, '');
  return [name, `nats_${rest}`, ...(prefix ? [`${prefix}_${rest}`] : [])];
}

/** Levenshtein's: single letters put in, taken out or changed. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1);
    }
    row = next;
  }
  return row[b.length] as number;
}
