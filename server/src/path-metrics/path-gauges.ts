import type { UnixNs } from '@hopline/model';
import {
  type Database,
  type PathStagesRow,
  pathStages,
  rollupReach,
  wholeBuckets,
} from '../store/store.ts';
import type { Labels, Metrics } from '../telemetry/metrics.ts';

const WINDOW_SECONDS = 300;
const NS_OF_SECOND = 1_000_000_000n;
const WINDOW_NS = BigInt(WINDOW_SECONDS) * NS_OF_SECOND;
const NS_PER_SECOND = 1e9;

export interface PathSource {
  database: Database;
  now: () => UnixNs;
  /** Paths shown; of more, the busiest. */
  maxPaths: number;
  queryTimeoutMs: number;
}

/** Counts and stages of every path over the last five minutes, for Prometheus. */
export class PathGauges {
  readonly #source: PathSource;
  #rows: PathStagesRow[] = [];
  #leftOut = false;
  #taken: UnixNs | null = null;

  constructor(source: PathSource, metrics: Metrics) {
    this.#source = source;
    const gauge = (name: string, help: string, read: () => Iterable<[Labels, number]>): void =>
      metrics.gauge(`hopline_path_${name}`, help, read);
    gauge('stage_seconds', 'Stage of first attempts in the window, percentiles.', () =>
      this.#stages(({ p50, p90, p99 }) => [
        [{ percentile: '50' }, p50],
        [{ percentile: '90' }, p90],
        [{ percentile: '99' }, p99],
      ]),
    );
    gauge('stage_average_seconds', 'Stage of first attempts in the window, average.', () =>
      this.#stages(({ avg }) => [[{}, avg]]),
    );
    gauge('deliveries', 'First attempts in the window.', () => this.#counts('deliveries'));
    gauge('redeliveries', 'Attempts after the first in the window.', () =>
      this.#counts('redeliveries'),
    );
    gauge('failed_attempts', 'Attempts in the window that ended in an error.', () =>
      this.#counts('errors'),
    );
    gauge('window_seconds', 'Length of the window.', () => [[{}, WINDOW_SECONDS]]);
    gauge('left_out', '1 when there are more paths than are shown.', () => [
      [{}, Number(this.#leftOut)],
    ]);
    gauge('age_seconds', 'Since the figures of the paths were taken.', () =>
      this.#taken === null ? [] : [[{}, Number(source.now() - this.#taken) / NS_PER_SECOND]],
    );
  }

  /** Takes the figures anew. Throws StoreError; the old ones then stay, and their age says so. */
  async refresh(): Promise<void> {
    const { database, maxPaths, queryTimeoutMs } = this.#source;
    const now = this.#source.now();
    const window = { from: (now - WINDOW_NS) as UnixNs, to: now, timeoutMs: queryTimeoutMs };
    const bounds = wholeBuckets(window, await rollupReach(database, queryTimeoutMs));
    // What is not rolled up yet, some seconds, would cost more to ask for than all the rest.
    const rolledTo = BigInt(bounds.reach.rolledTo) * NS_OF_SECOND;
    const to = (rolledTo > bounds.from && rolledTo < now ? rolledTo - 1n : bounds.to) as UnixNs;
    const rows = await pathStages(database, { ...bounds, to, limit: maxPaths + 1 });
    this.#leftOut = rows.length > maxPaths;
    this.#rows = rows.slice(0, maxPaths);
    this.#taken = now;
  }

  #counts(field: 'deliveries' | 'redeliveries' | 'errors'): [Labels, number][] {
    return this.#rows.map((row) => [pathLabels(row), row[field]]);
  }

  *#stages(
    figures: (stage: PathStagesRow['stages'][number]) => [Labels, number][],
  ): Generator<[Labels, number]> {
    for (const row of this.#rows) {
      for (const stage of row.stages) {
        for (const [labels, ns] of figures(stage)) {
          yield [{ ...pathLabels(row), stage: stage.stage, ...labels }, ns / NS_PER_SECOND];
        }
      }
    }
  }
}

const pathLabels = ({ producer, subject_pattern, consumer }: PathStagesRow): Labels => ({
  producer,
  subject: subject_pattern,
  consumer,
});
