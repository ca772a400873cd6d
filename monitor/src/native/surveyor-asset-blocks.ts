import type { ConsumerView, ServerView, StreamView } from '@hopline/model/api';
import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import { accountIds } from './surveyor-account-blocks.ts';
import { type Columns, columnBlock } from './surveyor-columns.ts';

interface Assets {
  servers: readonly ServerView[];
  streams: readonly StreamView[];
  consumers: readonly ConsumerView[];
  /** Also those without series of their own: their consumers name their leaders. */
  allStreams: readonly StreamView[];
}

/** `nats_stream_*` and `nats_consumer_*`, from leaders as with surveyor's `--jsz-leaders-only`. */
export function surveyorAssetBlocks({
  servers,
  streams,
  consumers,
  allStreams,
}: Assets): MetricBlock[] {
  const accounts = accountIds(servers);
  const ids = new Map(servers.map(({ name, id }) => [name, id]));
  const streamLeaders = new Map(allStreams.map((view) => [keyOf(view), view.leader]));
  const labels = ({ account, cluster, stream, leader, raftGroup }: StreamView | ConsumerView) => ({
    account: accounts.get(account) ?? account,
    account_name: account,
    cluster_name: cluster,
    raft_group: raftGroup,
    server_id: ids.get(leader) ?? '',
    server_name: leader,
    stream,
  });
  return [
    columnBlock({ start: 'nats_stream', columns: STREAM }, streams, (view) => ({
      ...labels(view),
      stream_leader: view.leader,
    })),
    columnBlock({ start: 'nats_consumer', columns: CONSUMER }, consumers, (view) => ({
      ...labels(view),
      stream_leader: streamLeaders.get(keyOf(view)) ?? '',
      consumer_name: view.consumer,
      consumer_leader: view.leader,
    })),
  ];
}

const keyOf = ({ account, domain, stream }: StreamView | ConsumerView): string =>
  JSON.stringify([account, domain, stream]);

const STREAM: Columns<StreamView> = {
  total_messages: ['stored messages', (view) => view.messages],
  total_bytes: ['stored bytes', (view) => view.bytes],
  first_seq: ['sequence of the oldest message', (view) => view.firstSeq],
  last_seq: ['sequence of the newest message', (view) => view.lastSeq],
  consumer_count: ['consumers', (view) => view.consumerCount],
  subject_count: ['subjects with messages', (view) => view.subjectCount],
};
const CONSUMER: Columns<ConsumerView> = {
  delivered_consumer_seq: ['deliveries so far', (view) => view.deliveredConsumerSeq],
  delivered_stream_seq: ['stream sequence delivered', (view) => view.deliveredStreamSeq],
  ack_floor_consumer_seq: ['deliveries all acked up to', (view) => view.ackFloorConsumerSeq],
  ack_floor_stream_seq: ['stream sequence all acked up to', (view) => view.ackFloorStreamSeq],
  num_ack_pending: ['messages delivered and not acked', (view) => view.inFlight],
  num_pending: ['messages not delivered yet', (view) => view.backlog],
  num_redelivered: ['in flight more than once', (view) => view.redelivered + view.givenUp],
  num_waiting: ['pull requests that wait', (view) => view.waiting],
};
