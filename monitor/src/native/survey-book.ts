import type { ClusterSnapshot } from '@hopline/model/api';
import { labelText, type MetricBlock, specs } from '../endpoints/compat/metric-block.ts';

/** Sizes that a system had; the number of its servers is a label. */
const MAX_SIZES = 100;

/** How the sweeps went, under surveyor's names of its own polls: `nats_survey_*`. */
export class SurveyBook {
  readonly #timeoutSeconds: number;
  #sweeps = 0;
  #seconds = 0;
  #failed = 0;
  #timeouts = 0;
  /** Servers without an answer, by how many were known then. */
  readonly #missing = new Map<number, number>();

  constructor(timeoutMs: number) {
    this.#timeoutSeconds = timeoutMs / 1000;
  }

  /** Once a sweep. */
  take({ servers }: ClusterSnapshot, sweepMs: number): void {
    this.#sweeps++;
    this.#seconds += sweepMs / 1000;
    const missing = servers.filter(({ figures }) => figures === null).length;
    if (missing === servers.length) this.#failed++;
    const size = servers.length;
    if (this.#missing.has(size) || this.#missing.size < MAX_SIZES) {
      this.#missing.set(size, (this.#missing.get(size) ?? 0) + missing);
    }
    for (const { endpoints } of servers) {
      this.#timeouts += endpoints.filter(({ reason }) => reason === 'timeout').length;
    }
  }

  /** `connection`: to NATS, where there is one. */
  blocks(connection?: { name: string; reconnects: number }): MetricBlock[] {
    const reconnects = counter(
      'nats_reconnects',
      'connections to NATS made after the first one',
      connection ? [[labelText({ name: connection.name }), connection.reconnects]] : [],
    );
    if (this.#sweeps === 0) return [reconnects];
    return [
      reconnects,
      {
        metrics: specs(
          'nats_survey_duration_seconds',
          { sum: DURATION, count: DURATION },
          'summary',
        ),
        rows: [{ labels: '', values: [this.#seconds, this.#sweeps] }],
      },
      counter('poll_error_count', 'sweeps that no server answered', [['', this.#failed]]),
      counter('late_replies_count', 'questions that a server had no answer to in time', [
        [labelText({ timeout: this.#timeoutSeconds.toFixed(1) }), this.#timeouts],
      ]),
      counter(
        'no_replies_count',
        'servers that were known and did not answer a sweep',
        [...this.#missing].map(([size, count]) => [labelText({ expected: String(size) }), count]),
      ),
    ];
  }
}

const DURATION = 'how long the sweeps took';

const counter = (
  key: string,
  help: string,
  rows: readonly (readonly [labels: string, count: number])[],
): MetricBlock => ({
  metrics: specs('nats_survey', { [key]: help }, 'counter'),
  rows: rows.map(([labels, count]) => ({ labels, values: [count] })),
});
