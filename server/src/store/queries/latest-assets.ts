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
    sql: `SELECT toUnixTimestamp64Nano(time) AS time, kind, account, domain, cluster,
        server_name, stream, consumer, subjects, queue_group, messages, bytes, first_seq, last_seq,
        num_pending, num_ack_pending, num_redelivered, num_waiting, delivered_stream_seq,
        ack_floor_stream_seq, toInt32(greatest(max_deliver, -1)) AS max_deliver, retention
      FROM assets
      WHERE ${within('assets.time')}
      ORDER BY account, domain, stream, kind, consumer, assets.time DESC
      LIMIT 1 BY account, domain, stream, kind, consumer LIMIT {limit:UInt32}`,
    params: { ...boundParams(args), limit: args.limit },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
