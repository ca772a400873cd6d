import type { ConsumerPoint, ResponseOf } from '@hopline/model/api';
import { type ConsumerHistoryRow, consumerHistory } from '../store/store.ts';
import { type ApiContext, askedRange } from './api-context.ts';

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
  const rows = await consumerHistory(context.database, {
    ...askedRange(context, given),
    account: account ?? null,
    stream,
    consumer,
    limit: given.points,
  });
  const now = context
    .cluster()
    .consumers.find(
      (one) =>
        one.stream === stream &&
        one.consumer === consumer &&
        (account === undefined || one.account === account),
    );
  return { consumer: now ?? null, points: rows.map(pointOf) };
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
