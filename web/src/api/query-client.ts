import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './errors.ts';

const MAX_RETRIES = 2;

/**
 * One cache for the page. What cannot change by asking again (404, 400) is shown at once; the rest is
 * retried twice. Data stay fresh until a live event or a new question says otherwise.
 */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        gcTime: 60_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        retry: (failures, error) =>
          failures < MAX_RETRIES && (!(error instanceof ApiError) || error.isTransient),
        retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4_000),
      },
    },
  });
}
