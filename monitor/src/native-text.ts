import type { ClusterSnapshot } from '@hopline/model/api';
import { exposition } from './endpoints/exposition.ts';
import { DEFAULT_MAX_SERIES, nativeBlocks } from './native/native-blocks.ts';

/** The native metrics of a snapshot (docs/metrics.md) as Prometheus reads them. */
export function nativeText(
  snapshot: ClusterSnapshot,
  { sweeps, sweepMs }: { sweeps: number; sweepMs: number },
): string {
  const options = { maxSeries: DEFAULT_MAX_SERIES, sweeps, sweepMs, nowMs: Date.now() };
  return [...exposition(nativeBlocks(snapshot, options), 'text')].join('');
}
