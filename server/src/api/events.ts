import type { ResponseOf } from '@hopline/model/api';
import { clusterEventCounts, clusterEvents } from '../store/store.ts';
import { type ApiContext, askedRange } from './api-context.ts';

interface EventsQuery {
  from?: string | undefined;
  to?: string | undefined;
  kind?: string | undefined;
  server?: string | undefined;
  stream?: string | undefined;
  consumer?: string | undefined;
  steps: number;
  limit: number;
}

/** GET /api/v1/events */
export async function getEvents(
  context: ApiContext,
  query: EventsQuery,
): Promise<ResponseOf<'events'>> {
  const { kind = '', server = '', stream = '', consumer = '' } = query;
  const args = { ...askedRange(context, query), server, stream, consumer };
  const length = args.to - args.from + 1n;
  const stepNs = query.steps === 0 ? 0n : (length + BigInt(query.steps) - 1n) / BigInt(query.steps);
  const [rows, counts] = await Promise.all([
    clusterEvents(context.database, { ...args, kind, limit: query.limit }),
    stepNs === 0n ? null : clusterEventCounts(context.database, { ...args, stepNs }),
  ]);
  return {
    events: rows.map(({ cid, streamSequence, deliveries, ...row }) => ({
      ...row,
      cid: cid === '0' ? null : Number(cid),
      streamSequence: streamSequence === '0' ? null : streamSequence,
      deliveries: deliveries === 0 ? null : deliveries,
    })),
    timeline: counts && {
      step: String(stepNs),
      counts: counts.map(({ count, ...row }) => ({ ...row, count: Number(count) })),
    },
  };
}
