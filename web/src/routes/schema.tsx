import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { SchemaPage } from '../schemas/schema-page.tsx';
import { RangePicker, useRange } from './range.tsx';

const route = getRouteApi('/schemas/$subject');

export function SchemaRoute(): ReactNode {
  const { subject } = route.useParams();
  return (
    <SchemaPage key={subject} subject={subject} range={useRange()} rangePicker={<RangePicker />} />
  );
}
