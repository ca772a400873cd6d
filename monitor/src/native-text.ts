import type { ClusterSnapshot } from '@hopline/model/api';
import type { MetricBlock } from './endpoints/compat/metric-block.ts';
import { exposition } from './endpoints/exposition.ts';
import { DEFAULT_MAX_SERIES, nativeBlocks } from './native/native-blocks.ts';

/** The native metrics of a snapshot and more (docs/metrics.md) as Prometheus reads them. */
export function nativeText(
  snapshot: ClusterSnapshot,
  { sweeps, sweepMs }: { sweeps: number; sweepMs: number },
  more: readonly MetricBlock[],
): string {
  const options = { maxSeries: DEFAULT_MAX_SERIES, sweeps, sweepMs, nowMs: Date.now() };
  return [...exposition([...nativeBlocks(snapshot, options), ...more], 'text')].join('');
}
