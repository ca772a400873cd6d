import type { AssetRow } from '@hopline/model';
import type { ConsumerView, StreamView } from '@hopline/model/api';
import type { ConsumerFacts, StreamFacts } from './jetstream-asset.ts';

/** Count as the columns hold it. */
const text = (count: number): string => BigInt(count).toString();

/** The stored row of a stream. */
export function streamRow(view: StreamFacts | StreamView): AssetRow {
  return {
    ...emptyRow(view),
    kind: 'stream',
    subjects: view.subjects,
    messages: text(view.messages),
    bytes: text(view.bytes),
    first_seq: text(view.firstSeq),
    last_seq: text(view.lastSeq),
    retention: view.retention,
  };
}

/** The stored row of a consumer, with its lag and verdict where they are known. */
export function consumerRow(view: ConsumerFacts & Partial<ConsumerView>): AssetRow {
  return {
    ...emptyRow(view),
    kind: 'consumer',
    consumer: view.consumer,
    subjects: view.filterSubjects,
    queue_group: view.queueGroup,
    num_pending: text(view.backlog),
    num_ack_pending: text(view.inFlight),
    num_redelivered: text(view.redelivered),
    num_waiting: text(view.waiting),
    delivered_stream_seq: text(view.deliveredStreamSeq),
    ack_floor_stream_seq: text(view.ackFloorStreamSeq),
    ...(view.lastAck === null ? {} : { last_ack_time: view.lastAck }),
    max_deliver: view.maxDeliver,
    ...(view.verdict === undefined
      ? {}
      : {
          verdict: view.verdict,
          delivery_lag_seconds: view.deliveryLag?.seconds ?? null,
          completion_lag_seconds: view.completionLag?.seconds ?? null,
          lag_method: view.deliveryLag?.method ?? 'unknown',
        }),
  };
}

function emptyRow(view: StreamFacts | ConsumerFacts): AssetRow {
  return {
    time: view.time,
    kind: 'stream',
    account: view.account,
    domain: view.domain,
    cluster: view.cluster,
    server_name: view.leader,
    stream: view.stream,
    consumer: '',
    subjects: [],
    queue_group: '',
    messages: '0',
    bytes: '0',
    first_seq: '0',
    last_seq: '0',
    num_pending: '0',
    num_ack_pending: '0',
    num_redelivered: '0',
    num_waiting: '0',
    delivered_stream_seq: '0',
    ack_floor_stream_seq: '0',
    max_deliver: -1,
  };
}
