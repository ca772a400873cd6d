import type { ConsumerView, ServerView, StreamView } from '@hopline/model/api';
import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import { type Columns, columnBlock } from './surveyor-server-blocks.ts';

interface Assets {
  servers: readonly ServerView[];
  streams: readonly StreamView[];
  consumers: readonly ConsumerView[];
}

/** `nats_stream_*` and `nats_consumer_*`, from leaders as with surveyor's `--jsz-leaders-only`. */
export function surveyorAssetBlocks({ servers, streams, consumers }: Assets): MetricBlock[] {
  const ids = new Map(servers.map(({ name, id }) => [name, id]));
  const streamLeaders = new Map(streams.map((view) => [keyOf(view), view.leader]));
  const labels = ({ account, cluster, stream, leader }: StreamView | ConsumerView) => ({
    account,
    account_name: account,
    cluster_name: cluster,
    // Names of groups are not read; they change when an asset moves.
    raft_group: '',
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
    columnBlock(
      { start: 'nats_core_account', columns: ACCOUNT_STREAMS },
      [...Map.groupBy(streams, ({ account }) => account)],
      ([account]) => ({ account, account_name: account }),
    ),
    ...(['memory', 'file'] as const).map((storage) =>
      columnBlock(
        { start: 'nats_core_account', columns: TIER[storage] },
        tiersOf(streams.filter((view) => view.storage === storage)),
        ({ account, tier }) => ({ account, account_name: account, tier }),
      ),
    ),
    columnBlock({ start: 'nats_core_account', columns: ACCOUNT_STREAM }, streams, (view) => ({
      account: view.account,
      account_name: view.account,
      stream: view.stream,
      raft_group: '',
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
  num_redelivered: ['in flight more than once', (view) => view.redelivered],
  num_waiting: ['pull requests that wait', (view) => view.waiting],
};
const ACCOUNT_STREAMS: Columns<readonly [string, readonly StreamView[]]> = {
  jetstream_stream_count: ['streams', ([, streams]) => streams.length],
};

/** Streams of an account with as many replicas, as its limits are set by. */
interface Tier {
  account: string;
  /** `R3` for three replicas. */
  tier: string;
  streams: readonly StreamView[];
}
const tiersOf = (streams: readonly StreamView[]): Tier[] =>
  [...Map.groupBy(streams, ({ account }) => account)].flatMap(([account, ofAccount]) =>
    [...Map.groupBy(ofAccount, ({ replicas }) => replicas.length + 1)].map(([count, ofTier]) => ({
      account,
      tier: `R${count}`,
      streams: ofTier,
    })),
  );
const usedBytes = ({ streams }: Tier): number =>
  streams.reduce((total, { bytes }) => total + bytes, 0);
const reservedBytes = ({ streams }: Tier): number =>
  streams.reduce((total, { maxBytes }) => total + Math.max(0, maxBytes), 0);
const TIER: Readonly<Record<'memory' | 'file', Columns<Tier>>> = {
  memory: {
    jetstream_tiered_memory_used: ['bytes of memory streams, one replica', usedBytes],
    jetstream_tiered_memory_reserved: ['most bytes of those with a limit', reservedBytes],
  },
  file: {
    jetstream_tiered_storage_used: ['bytes of file streams, one replica', usedBytes],
    jetstream_tiered_storage_reserved: ['most bytes of those with a limit', reservedBytes],
  },
};
const ACCOUNT_STREAM: Columns<StreamView> = {
  jetstream_consumer_count: ['consumers of the stream', (view) => view.consumerCount],
  jetstream_replica_count: ['replicas of the stream', (view) => view.replicas.length + 1],
};
