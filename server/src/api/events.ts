import type { ResponseOf } from '@hopline/model/api';
import { clusterEvents } from '../store/store.ts';
import { type ApiContext, askedRange } from './api-context.ts';

/** GET /api/v1/events */
export async function getEvents(
  context: ApiContext,
  query: {
    from?: string | undefined;
    to?: string | undefined;
    kind?: string | undefined;
    server?: string | undefined;
    stream?: string | undefined;
    limit: number;
  },
): Promise<ResponseOf<'events'>> {
  const rows = await clusterEvents(context.database, {
    ...askedRange(context, query),
    kind: query.kind ?? '',
    server: query.server ?? '',
    stream: query.stream ?? '',
    limit: query.limit,
  });
  return {
    events: rows.map(({ cid, streamSequence, deliveries, ...row }) => ({
      ...row,
      cid: cid === '0' ? null : Number(cid),
      streamSequence: streamSequence === '0' ? null : streamSequence,
      deliveries: deliveries === 0 ? null : deliveries,
    })),
  };
}
