import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ConsumerPage } from '../consumers/consumer-page.tsx';
import { RangePicker, useRange, useSetRange } from './range.tsx';

const route = getRouteApi('/consumers/$stream/$consumer');

export function ConsumerRoute(): ReactNode {
  const { stream, consumer } = route.useParams();
  const { account } = route.useSearch();
  return (
    <ConsumerPage
      key={`${account} ${stream} ${consumer}`}
      of={{ stream, consumer, account }}
      range={useRange()}
      onRange={useSetRange()}
      rangePicker={<RangePicker />}
    />
  );
}
