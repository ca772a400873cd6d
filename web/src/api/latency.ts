import type {
  LatencyResponse,
  PathsResponse,
  SlowestResponse,
  StageOrTotal,
} from '@hopline/model/api';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { request } from './client.ts';
import { QUICK_RANGES, rangeQuery, type TimeRange } from './time-range.ts';
import { usePoll } from './use-poll.ts';

/** One path, or all that share what is given of it. */
export interface PathFilter {
  producer?: string | undefined;
  subject?: string | undefined;
  consumer?: string | undefined;
}

/** Which deliveries of a path: by stage, duration (ns) and time of publishing. */
export interface SlowestFilter {
  stage: StageOrTotal;
  min?: string | undefined;
  max?: string | undefined;
  attempts: 'first' | 'all';
}

/** More paths than this are not listed; the answer is the busiest ones. */
export const MAX_PATHS = 500;
export const MAX_SLOWEST = 50;
/** Percentiles of minutes do not move within a second: asked for less often than what is live. */
const POLL_MS = 20_000;

/** Paths, the busiest first. */
export function usePaths(filter: PathFilter, range: TimeRange): UseQueryResult<PathsResponse> {
  const refetchInterval = usePoll(range, POLL_MS);
  return useQuery({
    queryKey: ['paths', filter, range],
    queryFn: ({ signal }) =>
      request<'paths'>('/api/v1/paths', {
        query: {
          ...rangeQuery(range, Date.now()),
          ...filter,
          limit: MAX_PATHS,
          // Nobody's messages are of no consumer.
          ...(filter.consumer === undefined ? { unhandled: 'true' as const } : {}),
        },
        signal,
      }),
    placeholderData: (previous) => previous,
    refetchInterval,
  });
}

/** Stages of the deliveries of a path, over time, and the heat map of one of them. */
export function useLatency(
  filter: PathFilter,
  range: TimeRange,
  options: { stage?: StageOrTotal; isEnabled?: boolean } = {},
): UseQueryResult<LatencyResponse> {
  const { stage = 'total', isEnabled = true } = options;
  const refetchInterval = usePoll(range, POLL_MS);
  return useQuery({
    queryKey: ['latency', filter, range, stage],
    queryFn: ({ signal }) =>
      request<'latency'>('/api/v1/latency', {
        query: { ...rangeQuery(range, Date.now()), ...filter, stage },
        signal,
      }),
    placeholderData: (previous, query) =>
      query && isSame(query.queryKey[1], filter) ? previous : undefined,
    enabled: isEnabled,
    refetchInterval,
  });
}

/** The deliveries behind a stage or a part of its heat map, slowest first. */
export function useSlowest(
  filter: PathFilter,
  range: TimeRange,
  which: SlowestFilter,
): UseQueryResult<SlowestResponse> {
  const refetchInterval = usePoll(range, POLL_MS);
  return useQuery({
    queryKey: ['slowest', filter, range, which],
    queryFn: ({ signal }) =>
      request<'slowest'>('/api/v1/latency/slowest', {
        query: { ...rangeQuery(range, Date.now()), ...filter, ...which, limit: MAX_SLOWEST },
        signal,
      }),
    placeholderData: (previous, query) =>
      query && isSame(query.queryKey[1], filter) ? previous : undefined,
    refetchInterval,
  });
}

/** The range of the same length that ended where `range` starts. */
export function rangeBefore(range: TimeRange, nowMs: number): TimeRange {
  const toMs = range.kind === 'between' ? range.fromMs : nowMs - QUICK_RANGES[range.key].ms;
  const lengthMs =
    range.kind === 'between' ? range.toMs - range.fromMs : QUICK_RANGES[range.key].ms;
  return { kind: 'between', fromMs: toMs - lengthMs, toMs };
}

/** Figures of another path must not stand where those of this one belong, not even for a moment. */
const isSame = (a: unknown, b: PathFilter): boolean => JSON.stringify(a) === JSON.stringify(b);
