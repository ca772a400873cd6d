import type { ConsumerView, Origin, Replica, StreamView } from '@hopline/model/api';
import {
  type Fields,
  fieldsAt,
  flagAt,
  integerAt,
  isFields,
  listAt,
  numberAt,
  textAt,
  textsAt,
  timeAt,
} from './fields.ts';
import { type Thresholds, thresholdsOf } from './thresholds.ts';
import type { ServerIdentity } from './varz.ts';

/** A stream as one server reported it; what follows from several reports is still to come. */
export type StreamFacts = Omit<StreamView, 'ingestPerSecond' | 'breaches'>;

/** What the leader of a consumer says, without what follows from it: `redelivered` is its own count. */
export type ConsumerFacts = Omit<
  ConsumerView,
  | 'givenUp'
  | 'arrivalPerSecond'
  | 'deliveryPerSecond'
  | 'ackPerSecond'
  | 'deliveryLag'
  | 'completionLag'
  | 'drainSeconds'
  | 'verdict'
  | 'verdictReason'
  | 'breaches'
>;

interface Reported {
  /** Name of the server that reported it. */
  server: string;
  /** Unix ns since when it leads; '0' when the server does not say (older ones, single replicas). */
  leaderSince: string;
  thresholds: Thresholds | null;
}

/** One stream or consumer as one server reported it, leader or not. */
export type ReportedAsset = ReportedStream | ReportedConsumer;

export interface ReportedStream extends Reported {
  kind: 'stream';
  view: StreamFacts;
  /** Its messages may be read from any replica without a word to the leader. */
  allowDirect: boolean;
}

export interface ReportedConsumer extends Reported {
  kind: 'consumer';
  view: ConsumerFacts;
  /** False where nothing is acked: there is no floor then. */
  isAcked: boolean;
}

/** Where an asset stands: known only when its page is read to the end. */
export interface AssetPlace {
  account: string;
  /** Unix ns of the answer, for assets that do not carry their own. */
  time: string;
}

/** One element of `stream_detail`. `view.leader` is '' while it has none: an election, or no quorum. */
export function decodeStream(stream: Fields, server: ServerIdentity): ReportedStream {
  const config = fieldsAt(stream, 'config');
  const state = fieldsAt(stream, 'state');
  const mirror = stream['mirror'];
  return {
    kind: 'stream',
    server: server.name,
    leaderSince: leaderSinceOf(stream),
    thresholds: thresholdsOf(fieldsAt(config, 'metadata')),
    allowDirect: flagAt(config, 'allow_direct'),
    view: {
      time: '0',
      account: '',
      domain: server.domain,
      cluster: server.cluster,
      stream: textAt(stream, 'name'),
      leader: leaderOf(stream, server),
      raftGroup: textAt(stream, 'stream_raft_group') || raftGroupOf(stream),
      replicas: listAt(fieldsAt(stream, 'cluster'), 'replicas').map(replicaOf),
      subjects: textsAt(config, 'subjects'),
      retention: textAt(config, 'retention'),
      storage: textAt(config, 'storage'),
      messages: countAt(state, 'messages'),
      bytes: countAt(state, 'bytes'),
      firstSeq: countAt(state, 'first_seq'),
      lastSeq: countAt(state, 'last_seq'),
      firstTime: timeAt(state, 'first_ts'),
      lastTime: timeAt(state, 'last_ts'),
      subjectCount: countAt(state, 'num_subjects'),
      deleted: countAt(state, 'num_deleted'),
      consumerCount: countAt(state, 'consumer_count'),
      maxBytes: limitAt(config, 'max_bytes'),
      maxMessages: limitAt(config, 'max_msgs'),
      maxAgeSeconds: countAt(config, 'max_age') / 1e9,
      origins: [
        ...listAt(stream, 'sources').map((source) => originOf(source, 'source')),
        ...(isFields(mirror) ? [originOf(mirror, 'mirror')] : []),
      ],
    },
  };
}

/** One element of `consumer_detail`. */
export function decodeConsumer(consumer: Fields, server: ServerIdentity): ReportedConsumer {
  const config = fieldsAt(consumer, 'config');
  const filter = textAt(config, 'filter_subject');
  const delivered = fieldsAt(consumer, 'delivered');
  const floor = fieldsAt(consumer, 'ack_floor');
  const ackPolicy = textAt(config, 'ack_policy');
  return {
    kind: 'consumer',
    server: server.name,
    leaderSince: leaderSinceOf(consumer),
    thresholds: thresholdsOf(fieldsAt(config, 'metadata')),
    isAcked: ackPolicy !== 'none',
    view: {
      time: timeAt(consumer, 'ts') ?? '0',
      account: '',
      domain: server.domain,
      cluster: server.cluster,
      stream: textAt(consumer, 'stream_name'),
      consumer: textAt(consumer, 'name'),
      leader: leaderOf(consumer, server),
      raftGroup: raftGroupOf(consumer),
      mode: textAt(config, 'deliver_subject') === '' ? 'pull' : 'push',
      description: textAt(config, 'description'),
      isDurable: textAt(config, 'durable_name') !== '',
      isPaused: flagAt(consumer, 'paused'),
      filterSubjects: filter === '' ? textsAt(config, 'filter_subjects') : [filter],
      queueGroup: textAt(config, 'deliver_group'),
      backlog: countAt(consumer, 'num_pending'),
      inFlight: countAt(consumer, 'num_ack_pending'),
      redelivered: countAt(consumer, 'num_redelivered'),
      waiting: countAt(consumer, 'num_waiting'),
      maxAckPending: limitAt(config, 'max_ack_pending'),
      maxDeliver: limitAt(config, 'max_deliver'),
      deliveredStreamSeq: countAt(delivered, 'stream_seq'),
      deliveredConsumerSeq: countAt(delivered, 'consumer_seq'),
      ackFloorStreamSeq: countAt(floor, 'stream_seq'),
      ackFloorConsumerSeq: countAt(floor, 'consumer_seq'),
      lastDelivery: timeAt(delivered, 'last_active'),
      lastAck: timeAt(floor, 'last_active'),
    },
  };
}

/** Sets what only the end of the page tells. */
export function placeAsset(asset: ReportedAsset, { account, time }: AssetPlace): void {
  asset.view.account = account;
  if (asset.view.time === '0') asset.view.time = time;
}

/** A server outside of any cluster leads whatever it has; servers before 2.12 do not say so. */
function leaderOf(asset: Fields, server: ServerIdentity): string {
  const named = textAt(fieldsAt(asset, 'cluster'), 'leader');
  return named === '' && server.cluster === '' ? server.name : named;
}

const raftGroupOf = (asset: Fields): string => textAt(fieldsAt(asset, 'cluster'), 'raft_group');

/** Groups of consumers by name, from their stream: a consumer of one replica does not name its own. */
export const consumerRaftGroups = (stream: Fields): Map<string, string> =>
  new Map(
    listAt(stream, 'consumer_raft_groups').map((one) => [
      textAt(one, 'name'),
      textAt(one, 'raft_group'),
    ]),
  );

const leaderSinceOf = (asset: Fields): string =>
  timeAt(fieldsAt(asset, 'cluster'), 'leader_since') ?? '0';

/** One element of `replicas`. */
export function replicaOf(replica: Fields): Replica {
  return {
    name: textAt(replica, 'name'),
    isCurrent: flagAt(replica, 'current'),
    isOffline: flagAt(replica, 'offline'),
    lag: countAt(replica, 'lag'),
    silentSeconds: numberAt(replica, 'active') / 1e9,
  };
}

function originOf(origin: Fields, kind: Origin['kind']): Origin {
  const active = numberAt(origin, 'active');
  return {
    name: textAt(origin, 'name'),
    kind,
    lag: countAt(origin, 'lag'),
    silentSeconds: active < 0 ? null : active / 1e9,
    error: textAt(fieldsAt(origin, 'error'), 'description'),
  };
}

/** Past 2^53 a number of JSON is rounded; it stays a count. */
const countAt = (from: Fields, key: string): number => {
  const value = numberAt(from, key);
  return value >= 0 && value < 2 ** 64 ? Math.floor(value) : 0;
};

const limitAt = (from: Fields, key: string): number =>
  integerAt(from, key, { min: -1, otherwise: -1 });
