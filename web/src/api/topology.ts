import type { TopologyResponse } from '@hopline/model/api';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { request } from './client.ts';
import type { LiveMeta } from './live-query.ts';
import { rangeQuery, type TimeRange } from './time-range.ts';
import { usePoll } from './use-poll.ts';

const LIVE: LiveMeta = { live: true };
/** What was stored last is in the rollups some seconds later, when nothing may come any more that asks again. */
const POLL_MS = 10_000;

/** Who talks to whom in the range. */
export function useTopology(range: TimeRange): UseQueryResult<TopologyResponse> {
  const refetchInterval = usePoll(range, POLL_MS);
  return useQuery({
    queryKey: ['topology', range],
    queryFn: ({ signal }) =>
      request<'topology'>('/api/v1/topology', { query: rangeQuery(range, Date.now()), signal }),
    placeholderData: (previous) => previous,
    refetchInterval,
    meta: LIVE,
  });
}
