import { labelText, type MetricBlock, specs } from '../endpoints/compat/metric-block.ts';
import type { ScrapedServer } from './scraped-server.ts';
import type { Outcome } from './shared-answer.ts';

/** What every reader needs to trust the rest: who answered, when last, what failed and why. */
export function serverTruth(
  swept: readonly {
    server: Pick<ScrapedServer, 'lastSuccessMs' | 'errors'>;
    serverId: string;
    outcomes: readonly Outcome[];
  }[],
): MetricBlock[] {
  const servers = {
    metrics: specs('hopline_exporter_server', {
      up: '1 when the server answered any endpoint in this scrape',
      last_success_timestamp_seconds: 'when it last answered; none before the first time',
    }),
    rows: swept.map(({ server, serverId, outcomes }) => ({
      labels: labelText({ server_id: serverId }),
      values: [
        Number(outcomes.some(({ error }) => error === null)),
        server.lastSuccessMs === null ? Number.NaN : server.lastSuccessMs / 1000,
      ],
    })),
  };
  const endpoints = {
    metrics: specs('hopline_exporter_endpoint', {
      up: '1 when the endpoint answered in this scrape',
      duration_seconds: 'until its answer, or until the scrape could not wait any longer',
      age_seconds: 'since it was asked for the figures in this scrape; none where there are none',
    }),
    rows: swept.flatMap(({ serverId, outcomes }) =>
      outcomes.map(({ endpoint, error, startedMs, durationMs }) => ({
        labels: labelText({ server_id: serverId, endpoint }),
        values: [
          Number(error === null),
          durationMs / 1000,
          error === null ? (performance.now() - startedMs) / 1000 : Number.NaN,
        ],
      })),
    ),
  };
  const error = {
    metrics: specs('hopline_exporter_endpoint', {
      error: 'always 1; why the endpoint has no metrics in this scrape stands in the label',
    }),
    rows: swept.flatMap(({ serverId, outcomes }) =>
      outcomes
        .filter((outcome) => outcome.error !== null)
        .map((outcome) => ({
          labels: labelText({
            server_id: serverId,
            endpoint: outcome.endpoint,
            reason: outcome.error ?? '',
          }),
          values: [1],
        })),
    ),
  };
  const errors = {
    metrics: specs(
      'hopline_exporter_endpoint',
      { errors_total: 'requests that brought no usable answer' },
      'counter',
    ),
    rows: swept.flatMap(({ server, serverId }) =>
      [...server.errors].map(({ endpoint, reason, count }) => ({
        labels: labelText({ server_id: serverId, endpoint, reason }),
        values: [count],
      })),
    ),
  };
  return [servers, endpoints, error, errors];
}
