import { notifyManager, type Query, useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import { ApiError } from './errors.ts';

/**
 * Why something on the page is not the newest; null when all of it is, and when nothing answers at all:
 * that is said once, of the server.
 */
export function useStaleReason(): string | null {
  const cache = useQueryClient().getQueryCache();
  const subscribe = useCallback(
    (onChange: () => void) => cache.subscribe(notifyManager.batchCalls(onChange)),
    [cache],
  );
  return useSyncExternalStore(subscribe, () => staleReason(cache.getAll()));
}

/** Of what is on the page and has data: the first error with which asking for newer ones ended. */
export function staleReason(queries: readonly Query[]): string | null {
  for (const query of queries) {
    const { data, status, error } = query.state;
    if (!query.isActive() || data === undefined || status !== 'error' || error === null) continue;
    if (!(error instanceof ApiError && error.status === 0)) return error.message;
  }
  return null;
}
