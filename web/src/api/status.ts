import type { StatusResponse } from '@hopline/model/api';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { request } from './client.ts';

const POLL_MS = 5_000;

/** Hopline itself. Polled rather than live: it must tell of trouble when nothing is stored any more. */
export function useStatus(): UseQueryResult<StatusResponse> {
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => request<'status'>('/api/v1/status', { signal }),
    refetchInterval: POLL_MS,
    retry: false,
  });
}
