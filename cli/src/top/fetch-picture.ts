import type { ConsumerView, ServerView, StatusResponse, UnknownPart } from '@hopline/model/api';
import type { ApiClient } from '../api/api-client.ts';

/** What one screen of `top` is drawn from. */
export interface Picture {
  status: StatusResponse;
  servers: readonly ServerView[];
  consumers: readonly ConsumerView[];
  /** What they may lack. */
  unknown: { servers: readonly UnknownPart[]; consumers: readonly UnknownPart[] };
  atMs: number;
}

export async function fetchPicture(client: ApiClient): Promise<Picture> {
  const [status, { servers, unknown: ofServers }, { consumers, unknown: ofConsumers }] =
    await Promise.all([
      client.get('status'),
      client.get('servers'),
      client.get('consumers', { query: { limit: 10_000 } }),
    ]);
  const unknown = { servers: ofServers, consumers: ofConsumers };
  return { status, servers, consumers, unknown, atMs: Date.now() };
}
