import { type ReactNode, useCallback } from 'react';
import type { PathFilter } from '../api/latency.ts';
import type { TimeRange } from '../api/time-range.ts';
import { StageSummary } from '../latency/stage-summary.tsx';
import { MapPage } from '../map/page.tsx';
import { RangePicker, useRange } from './range.tsx';
import { searchOfRange } from './search.ts';

/** The map; the stages in its panel belong to another noun. */
export function MapRoute(): ReactNode {
  const range = useRange();
  const stages = useCallback(
    (path: PathFilter, within: TimeRange) => <StageSummary path={path} range={within} />,
    [],
  );
  return (
    <MapPage
      range={range}
      rangePicker={<RangePicker />}
      stages={stages}
      searchOfRange={searchOfRange}
    />
  );
}
