import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

/** One step of a consumer's history; figures are the largest of the step, lags null where unknown. */
export interface ConsumerHistoryRow {
  time: string;
  backlog: string;
  in_flight: string;
  redelivered: string;
  waiting: string;
  delivered_stream_seq: string;
  ack_floor_stream_seq: string;
  delivery_lag_seconds: number | null;
  completion_lag_seconds: number | null;
  verdict: string;
}

/** What the sweeps said of one consumer, in at most `limit` steps of equal length, oldest first. */
export function consumerHistory(
  database: Database,
  args: Bounds & { account: string | null; stream: string; consumer: string; limit: number },
): Promise<ConsumerHistoryRow[]> {
  const stepMs = Math.max(1, Math.ceil(Number(args.to - args.from) / 1e6 / args.limit));
  return database.query<ConsumerHistoryRow>({
    tag: 'consumer-history',
    sql: `SELECT toString(toUnixTimestamp64Nano(max(assets.time))) AS time,
        toString(max(num_pending)) AS backlog, toString(max(num_ack_pending)) AS in_flight,
        toString(max(num_redelivered)) AS redelivered, toString(max(num_waiting)) AS waiting,
        toString(max(assets.delivered_stream_seq)) AS delivered_stream_seq,
        toString(max(assets.ack_floor_stream_seq)) AS ack_floor_stream_seq,
        max(assets.delivery_lag_seconds) AS delivery_lag_seconds,
        max(assets.completion_lag_seconds) AS completion_lag_seconds,
        argMax(assets.verdict, assets.time) AS verdict
      FROM assets
      WHERE ${within('assets.time')} AND kind = 'consumer' AND stream = {stream:String}
        AND consumer = {consumer:String}
        AND ({account:String} = '' OR account = {account:String})
      GROUP BY intDiv(toUnixTimestamp64Milli(assets.time) - {fromMs:Int64}, {stepMs:UInt64})
      ORDER BY time LIMIT {limit:UInt32}`,
    params: {
      ...boundParams(args),
      account: args.account ?? '',
      stream: args.stream,
      consumer: args.consumer,
      fromMs: args.from / 1_000_000n,
      stepMs,
      limit: args.limit + 1,
    },
    maxRows: args.limit + 1,
    timeoutMs: args.timeoutMs,
  });
}
