import { parseRfc3339 } from '@hopline/model';
import { type Fields, isFields } from '../fields.ts';
import { labelText, type MetricBlock, type MetricPlace } from './metric-block.ts';

/** Texts that become a metric; all others are left out. */
const TEXT_KEYS = new Set([
  'server_id',
  'server_name',
  'version',
  'domain',
  'leader',
  'name',
  'start',
  'config_load_time',
]);
/** Settings that nobody graphs, and subtrees that repeat others. */
const SKIPPED = new Set([
  'leaf',
  'trusted_operators_claim',
  'cluster_tls_timeout',
  'cluster_cluster_port',
  'cluster_auth_timeout',
  'gateway_port',
  'gateway_auth_timeout',
  'gateway_tls_timeout',
  'gateway_connect_retries',
]);

/**
 * `/varz`, `/routez` and `/subsz`: every number of the answer under the path of its keys. A time is epoch
 * milliseconds; another text is 1 with the text in the label `value`. Booleans and lists are left out.
 */
export function flattenedBlocks(
  answer: Fields,
  { namespace, serverId, subsystem }: MetricPlace & { subsystem: string },
): MetricBlock[] {
  const labels = labelText({ server_id: serverId });
  const blocks = new Map<string, MetricBlock>();
  for (const { key, path, value } of leaves(answer, '')) {
    if (blocks.has(path)) continue;
    const sample = sampleOf(key, value);
    if (sample === undefined) continue;
    const text = sample.text === undefined ? '' : `,${labelText({ value: sample.text })}`;
    blocks.set(path, {
      metrics: [{ name: `${namespace}_${subsystem}_${path}`, type: 'gauge', help: path }],
      rows: [{ labels: labels + text, values: [sample.value] }],
    });
  }
  return [...blocks.values()];
}

interface Leaf {
  key: string;
  path: string;
  value: unknown;
}

function* leaves(from: Fields, parent: string): Generator<Leaf> {
  for (const [key, value] of Object.entries(from)) {
    const joined = parent === '' ? key : `${parent}_${key}`;
    const path = joined.replaceAll('/', '_').replaceAll(/_{2,}/g, '_').replaceAll(/^_|_$/g, '');
    if (SKIPPED.has(path)) continue;
    if (isFields(value)) yield* leaves(value, joined);
    else yield { key, path, value };
  }
}

function sampleOf(key: string, value: unknown): { value: number; text?: string } | undefined {
  if (typeof value === 'number') return { value };
  if (typeof value !== 'string' || !TEXT_KEYS.has(key)) return undefined;
  const atNs = parseRfc3339(value);
  return atNs === null ? { value: 1, text: value } : { value: Number(atNs / 1_000_000n) };
}
