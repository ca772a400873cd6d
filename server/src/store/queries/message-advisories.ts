import type { AdvisoryRow } from '@hopline/model';
import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

/** An advisory without its JSON. */
export type AdvisoryHead = Omit<AdvisoryRow, 'raw'>;

/** One message in its stream. */
export interface StreamPosition {
  stream: string;
  streamSequence: string;
}

/** Advisories about the given stream positions, oldest first, each once, at most `limit`. */
export function messageAdvisories(
  database: Database,
  args: Bounds & { positions: readonly StreamPosition[]; limit: number },
): Promise<AdvisoryHead[]> {
  if (args.positions.length === 0) return Promise.resolve([]);
  return database.query<AdvisoryHead>({
    tag: 'message-advisories',
    // The sequences alone use the bloom index; the pairs then decide.
    sql: `SELECT toUnixTimestamp64Nano(time) AS time, id, kind, stream, consumer,
        stream_seq, consumer_seq,
        deliveries, reason, domain
      FROM advisories
      WHERE advisories.stream_seq IN (SELECT toUInt64(arrayJoin({sequences:Array(String)})))
        AND concat(stream, '/', toString(advisories.stream_seq)) IN
          (SELECT arrayJoin({positions:Array(String)}))
        AND ${within('advisories.time')}
      ORDER BY advisories.time, id LIMIT 1 BY id LIMIT {limit:UInt32}`,
    params: {
      ...boundParams(args),
      sequences: args.positions.map((at) => at.streamSequence),
      positions: args.positions.map((at) => `${at.stream}/${at.streamSequence}`),
      limit: args.limit,
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
