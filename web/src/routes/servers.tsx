import type { ReactNode } from 'react';
import { ServersPage } from '../servers/page.tsx';
import { RangePicker, useRange, useSetRange } from './range.tsx';

export function ServersRoute(): ReactNode {
  return <ServersPage range={useRange()} onRange={useSetRange()} rangePicker={<RangePicker />} />;
}
