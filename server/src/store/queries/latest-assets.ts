import type { AssetRow } from '@hopline/model';
import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

/** The newest report within the bounds of every stream and consumer, at most `limit`. */
export function latestAssets(
  database: Database,
  args: Bounds & { limit: number },
): Promise<AssetRow[]> {
  return database.query<AssetRow>({
    tag: 'latest-assets',
    sql: `SELECT toString(toUnixTimestamp64Nano(time)) AS time, kind, account, domain, cluster,
        server_name, stream, consumer, subjects, queue_group, toString(messages) AS messages,
        toString(bytes) AS bytes, toString(first_seq) AS first_seq, toString(last_seq) AS last_seq,
        toString(num_pending) AS num_pending, toString(num_ack_pending) AS num_ack_pending,
        toString(num_redelivered) AS num_redelivered, toString(num_waiting) AS num_waiting,
        toString(delivered_stream_seq) AS delivered_stream_seq,
        toString(ack_floor_stream_seq) AS ack_floor_stream_seq,
        toInt32(greatest(max_deliver, -1)) AS max_deliver, retention
      FROM assets
      WHERE ${within('assets.time')}
      ORDER BY account, domain, stream, kind, consumer, assets.time DESC
      LIMIT 1 BY account, domain, stream, kind, consumer LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
