import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { request } from './client.ts';
import { rangeQuery, type TimeRange } from './time-range.ts';

/** Names change rarely: once in half a minute is often enough. */
const POLL_MS = 30_000;

/** Names of the services seen in the range. */
export function useServices(range: TimeRange): UseQueryResult<string[]> {
  return useQuery({
    queryKey: ['services', range],
    queryFn: async ({ signal }) => {
      const query = rangeQuery(range, Date.now());
      return (await request<'services'>('/api/v1/services', { query, signal })).services;
    },
    refetchInterval: POLL_MS,
    placeholderData: (previous) => previous,
  });
}
