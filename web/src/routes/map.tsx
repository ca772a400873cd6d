import { type ReactNode, useCallback } from 'react';
import type { PathFilter } from '../api/latency.ts';
import { StageSummary } from '../latency/stage-summary.tsx';
import { MapPage } from '../map/page.tsx';
import { RangePicker, useRange } from './range.tsx';

/** The map; the stages in its panel belong to another noun. */
export function MapRoute(): ReactNode {
  const range = useRange();
  const stages = useCallback(
    (path: PathFilter) => <StageSummary path={path} range={range} />,
    [range],
  );
  return <MapPage range={range} rangePicker={<RangePicker />} stages={stages} />;
}
