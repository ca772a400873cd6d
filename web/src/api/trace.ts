import type { TraceResponse } from '@hopline/model/api';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { request } from './client.ts';
import { nullIfMissing } from './errors.ts';
import type { LiveMeta } from './live-query.ts';

const YOUNG_MS = 120_000;
/** A trace this large is not asked again every second; the reload button is there. */
const MAX_LIVE_SPANS = 2_000;

const LIVE: LiveMeta = { live: (data) => isGrowing(data as TraceResponse | null) };

/** One trace: spans, hops, advisories and logs; null while nothing of it is stored. */
export function useTrace(traceId: string): UseQueryResult<TraceResponse | null> {
  return useQuery({
    queryKey: ['trace', traceId],
    queryFn: ({ signal }) =>
      request<'trace'>('/api/v1/traces/{traceId}', { params: { traceId }, signal }).catch(
        nullIfMissing,
      ),
    meta: LIVE,
  });
}

function isGrowing(trace: TraceResponse | null | undefined): boolean {
  if (!trace) return true;
  if (trace.spans.length > MAX_LIVE_SPANS) return false;
  const endMs = Number((BigInt(trace.start) + BigInt(trace.duration)) / 1_000_000n);
  return Date.now() - endMs < YOUNG_MS;
}
