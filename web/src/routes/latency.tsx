import type { ReactNode } from 'react';
import { LatencyPage } from '../latency/page.tsx';
import { RangePicker, useRange } from './range.tsx';

export function LatencyRoute(): ReactNode {
  return <LatencyPage range={useRange()} rangePicker={<RangePicker />} />;
}
