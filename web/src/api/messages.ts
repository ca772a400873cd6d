import type { Fate } from '@hopline/model';
import type { MessagesResponse, StageOrTotal } from '@hopline/model/api';
import {
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback } from 'react';
import { request } from './client.ts';
import type { LiveMeta } from './live-query.ts';
import { rangeQuery, type TimeRange } from './time-range.ts';

export interface MessageFilter {
  service?: string | undefined;
  subject?: string | undefined;
  outcome?: Fate | undefined;
  text?: string | undefined;
  key?: string | undefined;
  stream?: string | undefined;
  /** Of the stream; `outcome` is then that of its delivery. */
  consumer?: string | undefined;
  sequence?: string | undefined;
  /** `name=value` */
  attribute?: string | undefined;
  stage?: StageOrTotal | undefined;
  /** ns, as is `max`. */
  min?: string | undefined;
  max?: string | undefined;
}

/** True when one message or a few are meant, whenever they were. */
export const isNamed = ({ key, sequence, attribute }: MessageFilter): boolean =>
  key !== undefined || sequence !== undefined || attribute !== undefined;

type Pages = InfiniteData<MessagesResponse, string | null>;

const PAGE_SIZE = 100;
const LIVE: LiveMeta = { live: true };

/** Messages page by page, newest first. Not live by itself: rows must not move under the cursor. */
export function useMessages(
  filter: MessageFilter,
  range: TimeRange,
): UseInfiniteQueryResult<Pages> {
  return useInfiniteQuery({
    queryKey: ['messages', filter, range],
    queryFn: ({ signal, pageParam }) => page({ filter, range, cursor: pageParam, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The newest page alone, live. */
export function useNewestMessages(
  filter: MessageFilter,
  range: TimeRange,
): UseQueryResult<MessagesResponse> {
  return useQuery({
    queryKey: ['messages-newest', filter, range],
    queryFn: ({ signal }) => page({ filter, range, cursor: null, signal }),
    enabled: range.kind === 'last',
    meta: LIVE,
  });
}

/** Starts the list again at the newest page, which is at hand already. */
export function useRestartMessages(
  filter: MessageFilter,
  range: TimeRange,
): (newest: MessagesResponse) => void {
  const queryClient = useQueryClient();
  return useCallback(
    (newest) => {
      const pages: Pages = { pages: [newest], pageParams: [null] };
      queryClient.setQueryData(['messages', filter, range], pages);
    },
    [queryClient, filter, range],
  );
}

function page(options: {
  filter: MessageFilter;
  range: TimeRange;
  cursor: string | null;
  signal: AbortSignal;
}): Promise<MessagesResponse> {
  const { filter, range, cursor, signal } = options;
  return request<'messages'>('/api/v1/messages', {
    query: {
      ...(isNamed(filter) ? {} : rangeQuery(range, Date.now())),
      ...filter,
      limit: PAGE_SIZE,
      ...(cursor === null ? {} : { cursor }),
    },
    signal,
  });
}
