import type { ReactNode } from 'react';
import { MessagesPage } from '../messages/page.tsx';
import { RangePicker, useRange } from './range.tsx';

export function MessagesRoute(): ReactNode {
  return <MessagesPage range={useRange()} rangePicker={<RangePicker />} />;
}
