import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';
import type { StreamPosition } from './message-advisories.ts';

/**
 * When a message left its stream and when one consumer's ack floor passed it, as far as sweeps saw.
 * Times are Unix ns as decimal strings, '0' for never.
 */
export interface ConsumerProgressRow {
  account: string;
  domain: string;
  stream: string;
  consumer: string;
  stream_seq: string;
  /** First sweep in which the stream began behind the message, last one in which it did not. */
  left_at: string;
  stored_until: string;
  /** Last sweep in which the ack floor was before the message, first one in which it was not. */
  behind_until: string;
  passed_at: string;
}

/** Progress of every consumer past the given positions, at most `limit` rows. */
export function consumerProgress(
  database: Database,
  args: Bounds & { positions: readonly StreamPosition[]; limit: number },
): Promise<ConsumerProgressRow[]> {
  if (args.positions.length === 0) return Promise.resolve([]);
  return database.query<ConsumerProgressRow>({
    tag: 'consumer-progress',
    sql: `WITH
        wanted AS (
          SELECT position.1 AS stream, toUInt64(position.2) AS seq
          FROM (SELECT arrayJoin(arrayZip({streams:Array(String)}, {sequences:Array(String)})) AS position)
        ),
        seen AS (
          SELECT toUnixTimestamp64Nano(time) AS at, kind, account, domain, stream, consumer,
            first_seq, ack_floor_stream_seq
          FROM assets
          WHERE stream IN (SELECT stream FROM wanted) AND ${within('assets.time')}
        ),
        streams AS (
          SELECT account, domain, stream, seq,
            minIf(at, first_seq > seq) AS left_at, maxIf(at, first_seq <= seq) AS stored_until
          FROM seen INNER JOIN wanted USING (stream)
          WHERE kind = 'stream' GROUP BY account, domain, stream, seq
        ),
        consumers AS (
          SELECT account, domain, stream, consumer, seq,
            maxIf(at, ack_floor_stream_seq < seq) AS behind_until,
            minIf(at, ack_floor_stream_seq >= seq) AS passed_at
          FROM seen INNER JOIN wanted USING (stream)
          WHERE kind = 'consumer' GROUP BY account, domain, stream, consumer, seq
        )
      SELECT account, domain, stream, consumer, toString(seq) AS stream_seq,
        toString(left_at) AS left_at, toString(stored_until) AS stored_until,
        toString(behind_until) AS behind_until, toString(passed_at) AS passed_at
      FROM consumers INNER JOIN streams USING (account, domain, stream, seq)
      ORDER BY stream, seq, consumer, account, domain LIMIT {limit:UInt32}`,
    params: {
      ...boundParams(args),
      streams: args.positions.map((at) => at.stream),
      sequences: args.positions.map((at) => at.streamSequence),
      limit: args.limit,
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
