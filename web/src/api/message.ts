import type { MessageResponse } from '@hopline/model/api';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { request } from './client.ts';
import type { LiveMeta } from './live.tsx';

/** A message younger than this is asked again on live events: late spans and redeliveries come in. */
const YOUNG_MS = 120_000;

const LIVE: LiveMeta = { live: (data) => isUnsettled(data as MessageResponse | undefined) };

/** One message with its path. */
export function useMessage(messageId: string): UseQueryResult<MessageResponse> {
  return useQuery({
    queryKey: ['message', messageId],
    queryFn: ({ signal }) =>
      request<'message'>('/api/v1/messages/{messageId}', { params: { messageId }, signal }),
    meta: LIVE,
  });
}

/** True while a message can still change: it is in flight somewhere, or young. */
function isUnsettled(message: MessageResponse | undefined): boolean {
  if (!message) return true;
  if (message.outcome === 'in-flight' || message.outcome === 'unknown') return true;
  return Date.now() - Number(message.time.slice(0, -6)) < YOUNG_MS;
}
