import type { ClusterSnapshot } from '@hopline/model/api';
import type { MetricBlock } from './endpoints/compat/metric-block.ts';
import { exposition } from './endpoints/exposition.ts';
import { type NativeOptions, nativeBlocks } from './native/native-blocks.ts';

/** The native metrics of a snapshot and more (docs/metrics.md) as Prometheus reads them. */
export function nativeText(
  snapshot: ClusterSnapshot,
  of: Pick<NativeOptions, 'maxSeries' | 'sweeps' | 'sweepMs'>,
  more: readonly MetricBlock[],
): string {
  const options = { ...of, nowMs: Date.now() };
  return [...exposition([...nativeBlocks(snapshot, options), ...more], 'text')].join('');
}
