import type { UnixNs } from '@hopline/model';
import type { ConsumerInstance, ConsumerPoint, ResponseOf } from '@hopline/model/api';
import {
  type ConsumerHistoryRow,
  type ConsumerInstanceRow,
  consumerHistory,
  consumerInstances,
} from '../store/store.ts';
import { type ApiContext, askedRange } from './api-context.ts';

/** Spans are counted one by one: of a long range the newest part. */
const INSTANCES_NS = 3_600_000_000_000n;
const MAX_INSTANCES = 100;

/** GET /api/v1/consumers/{stream}/{consumer} */
export async function getConsumer(
  context: ApiContext,
  given: {
    stream: string;
    consumer: string;
    account?: string | undefined;
    from?: string | undefined;
    to?: string | undefined;
    points: number;
  },
): Promise<ResponseOf<'consumer'>> {
  const { stream, consumer, account } = given;
  const range = askedRange(context, given);
  const begin = range.to - INSTANCES_NS;
  const [rows, instances] = await Promise.all([
    consumerHistory(context.database, {
      ...range,
      account: account ?? null,
      stream,
      consumer,
      limit: given.points,
    }),
    consumerInstances(context.database, {
      ...range,
      from: (begin > range.from ? begin : range.from) as UnixNs,
      stream,
      consumer,
      limit: MAX_INSTANCES,
    }),
  ]);
  const now = context
    .cluster()
    .consumers.find(
      (one) =>
        one.stream === stream &&
        one.consumer === consumer &&
        (account === undefined || one.account === account),
    );
  return {
    consumer: now ?? null,
    points: rows.map(pointOf),
    instances: instances.map(instanceOf),
  };
}

const pointOf = (row: ConsumerHistoryRow): ConsumerPoint => ({
  time: row.time,
  backlog: Number(row.backlog),
  inFlight: Number(row.in_flight),
  redelivered: Number(row.redelivered),
  waiting: Number(row.waiting),
  deliveredStreamSeq: Number(row.delivered_stream_seq),
  ackFloorStreamSeq: Number(row.ack_floor_stream_seq),
  deliveryLagSeconds: row.delivery_lag_seconds,
  completionLagSeconds: row.completion_lag_seconds,
  verdict: row.verdict,
});

const instanceOf = (row: ConsumerInstanceRow): ConsumerInstance => ({
  service: row.service,
  instance: row.instance,
  handled: Number(row.handled),
  failed: Number(row.failed),
  last: row.last_at,
  durationP50: String(Math.round(row.duration_p50)),
  durationP99: String(Math.round(row.duration_p99)),
});
