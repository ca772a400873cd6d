import type { Database } from '../database.ts';
import { type Bounds, boundParams, within } from './bounds.ts';

/** A consumer and a sequence of its stream. */
export interface DeliveryPlace {
  stream: string;
  consumer: string;
  /** Decimal. */
  after_seq: string;
}

/** The delivery nearest to it: the first after it, else the last up to it. */
export interface DeliveryTimeRow extends DeliveryPlace {
  stream_seq: string;
  /** Unix ns at which that message was stored, as the delivery told it. */
  store_time: string;
}

/** Nearest deliveries of consumers that spans tell of; places without any have no row. */
export function deliveryTimes(
  database: Database,
  args: Bounds & { places: readonly DeliveryPlace[] },
): Promise<DeliveryTimeRow[]> {
  const { places } = args;
  if (places.length === 0) return Promise.resolve([]);
  return database.query<DeliveryTimeRow>({
    tag: 'delivery-times',
    sql: `WITH
        wanted AS (
          SELECT place.1 AS stream, place.2 AS consumer, toUInt64(place.3) AS after_seq
          FROM (SELECT arrayJoin(arrayZip({streams:Array(String)}, {consumers:Array(String)},
            {sequences:Array(String)})) AS place)
        ),
        told AS (
          SELECT toString(stream) AS stream, toString(consumer) AS consumer, stream_seq, store_time
          FROM spans
          WHERE ${within('start')} AND store_time > 0 AND stream_seq > 0
            AND stream IN (SELECT stream FROM wanted) AND consumer IN (SELECT consumer FROM wanted)
        ),
        nearest AS (
          SELECT stream, consumer, after_seq, countIf(told.stream_seq > after_seq) > 0 AS is_after,
            if(is_after, minIf(told.stream_seq, told.stream_seq > after_seq), max(told.stream_seq)) AS seq,
            if(is_after, argMinIf(store_time, told.stream_seq, told.stream_seq > after_seq),
              argMax(store_time, told.stream_seq)) AS time
          FROM told INNER JOIN wanted USING (stream, consumer)
          GROUP BY stream, consumer, after_seq
        )
      SELECT stream, consumer, toString(after_seq) AS after_seq, toString(seq) AS stream_seq,
        toString(time) AS store_time
      FROM nearest LIMIT {limit:UInt32}`,
    params: {
      ...boundParams(args),
      streams: places.map(({ stream }) => stream),
      consumers: places.map(({ consumer }) => consumer),
      sequences: places.map(({ after_seq }) => after_seq),
      limit: places.length,
    },
    maxRows: places.length,
    timeoutMs: args.timeoutMs,
  });
}
