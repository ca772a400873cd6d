import type { ServerView } from '@hopline/model/api';
import {
  labelText,
  type MetricBlock,
  type MetricRow,
  type MetricType,
  specs,
} from '../endpoints/compat/metric-block.ts';

/** A metric of surveyor's: what it means, its value of one row. Types are surveyor's, also where wrong. */
export type Columns<Of> = Readonly<
  Record<string, readonly [help: string, value: (of: Of) => number]>
>;

/** Rows of `of` as a block of `start_key` metrics. */
export function columnBlock<Of>(
  { start, columns, type }: { start: string; columns: Columns<Of>; type?: MetricType },
  of: readonly Of[],
  labelsOf: (of: Of) => Record<string, string>,
): MetricBlock {
  const help = Object.entries(columns).map(([key, [text]]) => [key, text] as const);
  const values = Object.values(columns).map(([, value]) => value);
  const rows: MetricRow[] = of.map((one) => ({
    labels: labelText(labelsOf(one)),
    values: values.map((value) => value(one)),
  }));
  return { metrics: specs(start, Object.fromEntries(help), type), rows };
}

export const CORE = { start: 'nats_core' } as const;
export const CORE_COUNTERS = { ...CORE, type: 'counter' } as const;

export const serverLabels = ({ cluster, name, id }: ServerView) => ({
  server_cluster: cluster,
  server_name: name,
  server_id: id,
});

export const jetstreamLabels = ({ cluster, name, id }: ServerView) => ({
  server_id: id,
  server_name: name,
  cluster_name: cluster,
});
