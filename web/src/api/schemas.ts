import type { ResponseOf } from '@hopline/model/api';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { request } from './client.ts';
import { rangeQuery, type TimeRange } from './time-range.ts';

/** Schemas change when somebody releases; the counts may be this old. */
const POLL_MS = 10_000;
/** More subjects than this are found by a part of their name. */
export const MAX_SUBJECTS = 500;

/** Subjects of the registry and of the messages in the range. */
export function useSchemas(
  range: TimeRange,
  find: string | undefined,
): UseQueryResult<ResponseOf<'schemas'>> {
  return useQuery({
    queryKey: ['schemas', range, find],
    queryFn: ({ signal }) =>
      request<'schemas'>('/api/v1/schemas', {
        query: { ...rangeQuery(range, Date.now()), find, limit: MAX_SUBJECTS },
        signal,
      }),
    refetchInterval: POLL_MS,
    placeholderData: (previous) => previous,
  });
}

export function useSchema(subject: string, range: TimeRange): UseQueryResult<ResponseOf<'schema'>> {
  return useQuery({
    queryKey: ['schema', subject, range],
    queryFn: ({ signal }) =>
      request<'schema'>('/api/v1/schemas/{subject}', {
        params: { subject },
        query: rangeQuery(range, Date.now()),
        signal,
      }),
    refetchInterval: POLL_MS,
    placeholderData: (previous) => previous,
  });
}

/** A version never changes once it is there. */
export function useSchemaVersion(
  subject: string,
  version: number,
): UseQueryResult<ResponseOf<'schemaVersion'>> {
  return useQuery({
    queryKey: ['schema-version', subject, version],
    queryFn: ({ signal }) =>
      request<'schemaVersion'>('/api/v1/schemas/{subject}/versions/{version}', {
        params: { subject, version: String(version) },
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The verdict depends on the subject's mode, which may be changed. */
export function useSchemaDiff(
  subject: string,
  { from, to }: { from: number; to: number },
): UseQueryResult<ResponseOf<'schemaDiff'>> {
  return useQuery({
    queryKey: ['schema-diff', subject, from, to],
    queryFn: ({ signal }) =>
      request<'schemaDiff'>('/api/v1/schemas/{subject}/diff', {
        params: { subject },
        query: { from, to },
        signal,
      }),
    staleTime: POLL_MS,
  });
}
