import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

/** How far a stream had let messages go, or one of its consumers had acknowledged them, step by step of time. */
export interface StreamProgressRow {
  account: string;
  domain: string;
  stream: string;
  /** '' for the stream itself. */
  consumer: string;
  /** What the consumer is given; empty: everything. */
  subjects: string[];
  /** What takes messages out of the stream: `limits`, `interest`, `workqueue`; '' unknown. */
  retention: string;
  /** Steps of time in which a report came, in order, as numbers that count steps. */
  steps: number[];
  /** The stream's first sequence or the consumer's ack floor at the end of each. */
  sequences: string[];
}

/** Progress within the bounds of the given streams and their consumers, at most `limit` rows. */
export function streamProgress(
  database: Database,
  args: Bounds & { streams: readonly string[]; stepSeconds: number; limit: number },
): Promise<StreamProgressRow[]> {
  if (args.streams.length === 0) return Promise.resolve([]);
  return database.query<StreamProgressRow>({
    tag: 'stream-progress',
    sql: `SELECT account, domain, stream, consumer, argMax(last_subjects, step) AS subjects,
        argMax(last_retention, step) AS retention, arraySort(groupArray((step, toString(sequence)))) AS progress,
        progress.1 AS steps, progress.2 AS sequences
      FROM (
        SELECT account, domain, stream, consumer, toUInt32(intDiv(toUnixTimestamp(assets.time), {step:UInt32})) AS step,
          argMax(if(kind = 'stream', first_seq, ack_floor_stream_seq), assets.time) AS sequence,
          argMax(assets.subjects, assets.time) AS last_subjects, argMax(assets.retention, assets.time) AS last_retention
        FROM assets
        WHERE stream IN {streams:Array(String)} AND ${within('assets.time')}
        GROUP BY account, domain, stream, consumer, step
      )
      GROUP BY account, domain, stream, consumer
      ORDER BY stream, account, domain, consumer LIMIT {limit:UInt32}`,
    params: {
      ...boundParams(args),
      streams: [...args.streams],
      step: args.stepSeconds,
      limit: args.limit,
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
