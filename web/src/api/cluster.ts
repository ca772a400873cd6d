import type { QueryOf, ResponseOf } from '@hopline/model/api';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { request } from './client.ts';
import { rangeQuery, type TimeRange } from './time-range.ts';

/** The servers are asked every five seconds or more; asking for the answer oftener shows nothing new. */
const POLL_MS = 5_000;
/** A small graph in a row may be this old. */
const SPARK_STALE_MS = 30_000;
const SPARK_POINTS = 40;

/** Every server that is known, dead ones too. */
export function useServers(): UseQueryResult<ResponseOf<'servers'>> {
  return useQuery({
    queryKey: ['servers'],
    queryFn: ({ signal }) => request<'servers'>('/api/v1/servers', { signal }),
    refetchInterval: POLL_MS,
  });
}

export function useConnections(
  query: QueryOf<'connections'>,
): UseQueryResult<ResponseOf<'connections'>> {
  return useQuery({
    queryKey: ['connections', query],
    queryFn: ({ signal }) => request<'connections'>('/api/v1/connections', { query, signal }),
    refetchInterval: POLL_MS,
    placeholderData: (previous) => previous,
  });
}

/** More events than this are not asked for at once: the newest are. */
export const EVENT_LIMIT = 500;

/** Parts of the range that events are counted in: as many as a picture has room for. */
export const EVENT_STEPS = 150;

/** What happened in the range: newest first, at most EVENT_LIMIT, and counted over time, all of it. */
export function useClusterEvents(
  range: TimeRange,
  filter: { server?: string; stream?: string; consumer?: string; kind?: string },
): UseQueryResult<ResponseOf<'events'>> {
  return useQuery({
    queryKey: ['events', range, filter],
    queryFn: ({ signal }) =>
      request<'events'>('/api/v1/events', {
        query: {
          ...rangeQuery(range, Date.now()),
          ...filter,
          steps: EVENT_STEPS,
          limit: EVENT_LIMIT,
        },
        signal,
      }),
    refetchInterval: POLL_MS,
    placeholderData: (previous) => previous,
  });
}

export function useStreams(): UseQueryResult<ResponseOf<'streams'>> {
  return useQuery({
    queryKey: ['streams'],
    queryFn: ({ signal }) =>
      request<'streams'>('/api/v1/streams', { query: { limit: 10_000 }, signal }),
    refetchInterval: POLL_MS,
  });
}

/** One stream and its history in the range. */
export function useStream(
  { stream, account }: Pick<ConsumerKey, 'stream' | 'account'>,
  range: TimeRange,
): UseQueryResult<ResponseOf<'stream'>> {
  return useQuery({
    queryKey: ['stream', stream, account, range],
    queryFn: ({ signal }) =>
      request<'stream'>('/api/v1/streams/{stream}', {
        params: { stream },
        query: { ...rangeQuery(range, Date.now()), account },
        signal,
      }),
    refetchInterval: POLL_MS,
    placeholderData: (previous) => previous,
  });
}

export function useConsumers(): UseQueryResult<ResponseOf<'consumers'>> {
  return useQuery({
    queryKey: ['consumers'],
    queryFn: ({ signal }) =>
      request<'consumers'>('/api/v1/consumers', { query: { limit: 10_000 }, signal }),
    refetchInterval: POLL_MS,
  });
}

export interface ConsumerKey {
  stream: string;
  consumer: string;
  account: string | undefined;
}

/** One consumer and its history in the range. */
export function useConsumer(
  { stream, consumer, account }: ConsumerKey,
  range: TimeRange,
): UseQueryResult<ResponseOf<'consumer'>> {
  return useQuery({
    queryKey: ['consumer', stream, consumer, account, range],
    queryFn: ({ signal }) =>
      request<'consumer'>('/api/v1/consumers/{stream}/{consumer}', {
        params: { stream, consumer },
        query: { ...rangeQuery(range, Date.now()), account },
        signal,
      }),
    refetchInterval: POLL_MS,
    placeholderData: (previous) => previous,
  });
}

/** The last quarter of an hour of a consumer, coarse; asked for rows that are on the screen only. */
export function useConsumerSpark(
  { stream, consumer, account }: ConsumerKey,
  enabled: boolean,
): UseQueryResult<ResponseOf<'consumer'>> {
  return useQuery({
    queryKey: ['consumer-spark', stream, consumer, account],
    queryFn: ({ signal }) =>
      request<'consumer'>('/api/v1/consumers/{stream}/{consumer}', {
        params: { stream, consumer },
        query: {
          ...rangeQuery({ kind: 'last', key: '15m' }, Date.now()),
          account,
          points: SPARK_POINTS,
        },
        signal,
      }),
    staleTime: SPARK_STALE_MS,
    enabled,
    retry: false,
  });
}
