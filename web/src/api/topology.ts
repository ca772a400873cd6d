import type { TopologyResponse } from '@hopline/model/api';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { request } from './client.ts';
import type { LiveMeta } from './live-query.ts';
import { rangeQuery, type TimeRange } from './time-range.ts';

const LIVE: LiveMeta = { live: true };

/** Who talks to whom in the range. */
export function useTopology(range: TimeRange): UseQueryResult<TopologyResponse> {
  return useQuery({
    queryKey: ['topology', range],
    queryFn: ({ signal }) =>
      request<'topology'>('/api/v1/topology', { query: rangeQuery(range, Date.now()), signal }),
    placeholderData: (previous) => previous,
    meta: LIVE,
  });
}
