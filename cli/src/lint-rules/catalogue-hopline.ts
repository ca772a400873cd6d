import { COUNT } from './interval.ts';
import type { Kind, Metric } from './metric.ts';

/** Names of Hopline's own `/metrics`: docs/howto/grafana-and-alerts.md says what each means. */

function metrics(kind: Kind, unit: string, labelsByName: Record<string, string>): Metric[] {
  return Object.entries(labelsByName).map(([name, labels]) => ({
    name: `hopline_${name}`,
    mode: 'native',
    kind,
    unit,
    range: COUNT,
    labels: labels === '' ? [] : labels.split(' '),
  }));
}

export const HOPLINE_METRICS: readonly Metric[] = [
  ...metrics('total', '', {
    intake_accepted_items_total: 'door signal',
    intake_rejected_items_total: 'door signal reason',
    intake_refused_requests_total: 'door refusal',
    intake_troubles_total: '',
    store_inserted_items_total: 'signal',
    store_insert_duration_seconds_bucket: 'signal le',
    store_insert_duration_seconds_sum: 'signal',
    store_insert_duration_seconds_count: 'signal',
    journal_set_aside_total: 'signal',
  }),
  ...metrics('total', '', { watch_dropped_rows_total: '' }),
  ...metrics('level', '', {
    intake_in_flight_bytes: '',
    journal_bytes: '',
    journal_max_bytes: '',
    journal_sealed_segments: '',
    journal_set_aside: '',
    nats_state: 'state',
    store_state: 'state',
    monitor_up: 'server url',
  }),
  ...metrics('level', 'seconds', {
    event_loop_delay_p50_seconds: '',
    event_loop_delay_p99_seconds: '',
    event_loop_delay_max_seconds: '',
  }),
];
