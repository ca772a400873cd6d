import type { MessageResponse } from '@hopline/model/api';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { request } from './client.ts';
import { nullIfMissing } from './errors.ts';
import type { LiveMeta } from './live-query.ts';

/** A message younger than this is asked again on live events: late spans and redeliveries come in. */
const YOUNG_MS = 120_000;

const LIVE: LiveMeta = { live: (data) => isUnsettled(data as MessageResponse | null) };

/** One message with its path; null while nothing of it is stored. */
export function useMessage(messageId: string): UseQueryResult<MessageResponse | null> {
  return useQuery({
    queryKey: ['message', messageId],
    queryFn: ({ signal }) =>
      request<'message'>('/api/v1/messages/{messageId}', { params: { messageId }, signal }).catch(
        nullIfMissing,
      ),
    meta: LIVE,
  });
}

/** True while a message can still change: it is in flight somewhere, or young. */
function isUnsettled(message: MessageResponse | null | undefined): boolean {
  if (!message) return true;
  if (message.outcome === 'in-flight' || message.outcome === 'unknown') return true;
  return Date.now() - Number(message.time.slice(0, -6)) < YOUNG_MS;
}
