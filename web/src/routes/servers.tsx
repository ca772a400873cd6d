import type { ReactNode } from 'react';
import { ServersPage } from '../servers/page.tsx';
import { RangePicker, useRange } from './range.tsx';

export function ServersRoute(): ReactNode {
  return <ServersPage range={useRange()} rangePicker={<RangePicker />} />;
}
