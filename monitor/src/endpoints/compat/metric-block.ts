/**
 * The columns of a histogram are its `_bucket`, `_sum` and `_count`, in blocks that stand together; those of
 * a summary `_sum` and `_count`.
 */
export type MetricType = 'gauge' | 'counter' | 'untyped' | 'histogram' | 'summary';

export interface MetricSpec {
  name: string;
  type: MetricType;
  help: string;
}

/**
 * A table of samples: a column a metric, a row a set of labels. With ten metrics on each of 30,000
 * consumers the labels are most of a scrape, so each set is held once.
 */
export interface MetricBlock {
  metrics: readonly MetricSpec[];
  rows: readonly MetricRow[];
}

export interface MetricRow {
  /** As in the exposition, without braces: `server_id="a",cid="1"`. */
  labels: string;
  /** One a metric; NaN is "no such sample", never 0. */
  values: readonly number[];
}

/** Which names an answer's metrics get, and whose they are. */
export interface MetricPlace {
  /** First part of each name: `gnatsd`, `jetstream`, or the prefix asked for. */
  namespace: string;
  /** Value of the label `server_id`. */
  serverId: string;
}

/** Specs of one subsystem: `gnatsd_leafz_conn_rtt` is `specs('gnatsd_leafz', { conn_rtt: ... })`. */
export function specs(
  start: string,
  helpByKey: Readonly<Record<string, string>>,
  type: MetricType = 'gauge',
): MetricSpec[] {
  return Object.entries(helpByKey).map(([key, help]) => ({ name: `${start}_${key}`, type, help }));
}

/** Labels of a row from names and values. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  const texts: string[] = [];
  for (const name in labels) texts.push(`${name}="${escapeLabel(labels[name] ?? '')}"`);
  // Joined, not added to each other: those are kept as a tree that is ten times as large as its text.
  return texts.join(',');
}

function escapeLabel(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
