import type { ConversationResponse } from '@hopline/model/api';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { request } from './client.ts';
import { nullIfMissing } from './errors.ts';
import type { LiveMeta } from './live-query.ts';

/** A conversation may go on hours after its first trace: it is live as long as it is looked at. */
const LIVE: LiveMeta = { live: true };

/** The traces that links join to this one, both ways; null while nothing of it is stored. */
export function useConversation(traceId: string): UseQueryResult<ConversationResponse | null> {
  return useQuery({
    queryKey: ['conversation', traceId],
    queryFn: ({ signal }) =>
      request<'conversation'>('/api/v1/traces/{traceId}/conversation', {
        params: { traceId },
        signal,
      }).catch(nullIfMissing),
    meta: LIVE,
  });
}
