import type { ConsumerView, ServerView, StatusResponse } from '@hopline/model/api';
import type { ApiClient } from '../api/api-client.ts';

/** What one screen of `top` is drawn from. */
export interface Picture {
  status: StatusResponse;
  servers: readonly ServerView[];
  consumers: readonly ConsumerView[];
  atMs: number;
}

export async function fetchPicture(client: ApiClient): Promise<Picture> {
  const [status, { servers }, { consumers }] = await Promise.all([
    client.get('status'),
    client.get('servers'),
    client.get('consumers', { query: { limit: 10_000 } }),
  ]);
  return { status, servers, consumers, atMs: Date.now() };
}
