import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

/** One step of the history of a stream, or of one of its consumers; figures are the largest of the step. */
export interface StreamHistoryRow {
  /** '' for the stream itself. */
  consumer: string;
  /** Of the step's last report, Unix ns. */
  time: string;
  /** Of the stream, 0 of a consumer. */
  messages: string;
  bytes: string;
  last_seq: string;
  /** Of a consumer, 0 and null of the stream. */
  backlog: string;
  delivery_lag_seconds: number | null;
  completion_lag_seconds: number | null;
}

/**
 * What the sweeps said of one stream and of at most `consumers` of its consumers, those with the greatest lag, in at
 * most `limit` steps of equal length each; by consumer, oldest first.
 */
export function streamHistory(
  database: Database,
  args: Bounds & { account: string | null; stream: string; consumers: number; limit: number },
): Promise<StreamHistoryRow[]> {
  const stepMs = Math.max(1, Math.ceil(Number(args.to - args.from) / 1e6 / args.limit));
  const maxRows = (args.limit + 1) * (args.consumers + 1);
  const ofStream = `${within('assets.time')} AND stream = {stream:String}
        AND ({account:String} = '' OR account = {account:String})`;
  return database.query<StreamHistoryRow>({
    tag: 'stream-history',
    sql: `SELECT toString(assets.consumer) AS consumer,
        toString(toUnixTimestamp64Nano(max(assets.time))) AS time,
        toString(max(assets.messages)) AS messages, toString(max(assets.bytes)) AS bytes,
        toString(max(assets.last_seq)) AS last_seq, toString(max(num_pending)) AS backlog,
        max(assets.delivery_lag_seconds) AS delivery_lag_seconds,
        max(assets.completion_lag_seconds) AS completion_lag_seconds
      FROM assets
      WHERE ${ofStream} AND (kind = 'stream' OR assets.consumer IN (
        SELECT assets.consumer FROM assets WHERE ${ofStream} AND kind = 'consumer'
        GROUP BY assets.consumer
        ORDER BY max(assets.completion_lag_seconds) DESC NULLS LAST, max(num_pending) DESC, assets.consumer
        LIMIT {consumers:UInt32}))
      GROUP BY consumer, intDiv(toUnixTimestamp64Milli(assets.time) - {fromMs:Int64}, {stepMs:UInt64})
      ORDER BY consumer, time LIMIT {limit:UInt32}`,
    params: {
      ...boundParams(args),
      account: args.account ?? '',
      stream: args.stream,
      consumers: args.consumers,
      fromMs: args.from / 1_000_000n,
      stepMs,
      limit: maxRows,
    },
    maxRows,
    timeoutMs: args.timeoutMs,
  });
}
