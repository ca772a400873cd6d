import type { ReactNode } from 'react';
import { MapPage } from '../map/page.tsx';
import { RangePicker, useRange } from './range.tsx';

export function MapRoute(): ReactNode {
  return <MapPage range={useRange()} rangePicker={<RangePicker />} />;
}
