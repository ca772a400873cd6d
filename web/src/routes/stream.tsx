import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { StreamPage } from '../consumers/stream-page.tsx';
import { RangePicker, useRange, useSetRange } from './range.tsx';

const route = getRouteApi('/streams/$stream');

export function StreamRoute(): ReactNode {
  const { stream } = route.useParams();
  const { account } = route.useSearch();
  return (
    <StreamPage
      key={`${account} ${stream}`}
      of={{ stream, account }}
      range={useRange()}
      onRange={useSetRange()}
      rangePicker={<RangePicker />}
    />
  );
}
