import type { ReactNode } from 'react';
import { SchemasPage } from '../schemas/page.tsx';
import { RangePicker, useRange } from './range.tsx';

export function SchemasRoute(): ReactNode {
  return <SchemasPage range={useRange()} rangePicker={<RangePicker />} />;
}
