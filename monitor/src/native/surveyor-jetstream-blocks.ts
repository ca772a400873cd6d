import type { JetStreamFigures, RaftGroup, ServerView } from '@hopline/model/api';
import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import { numberOf, secondsOf } from './numbers.ts';
import {
  CORE,
  CORE_COUNTERS,
  type Columns,
  columnBlock,
  jetstreamLabels,
} from './surveyor-columns.ts';

interface Enabled extends JetStreamFigures {
  server: ServerView;
}
type Replica = JetStreamFigures['metaReplicas'][number] & { server: ServerView };
type Snapshot = NonNullable<JetStreamFigures['metaSnapshot']> & { server: ServerView };

/** `nats_core_jetstream_*` and `nats_core_raftz_*` of servers that answered. */
export function surveyorJetStreamBlocks(up: readonly ServerView[]): MetricBlock[] {
  const enabled = up.flatMap((server) => {
    return server.jetstream ? [{ server, ...server.jetstream }] : [];
  });
  const disabled = up.filter(({ jetstream }) => jetstream === null);
  const clustered = enabled.filter(({ metaSize }) => metaSize !== null);
  const alone = enabled.filter(({ metaSize }) => metaSize === null);
  const replicas = clustered.flatMap(({ server, metaReplicas }) =>
    metaReplicas.map((replica) => ({ server, ...replica })),
  );
  const snapshots = clustered.flatMap(({ server, metaSnapshot }) =>
    metaSnapshot ? [{ server, ...metaSnapshot }] : [],
  );
  const labels = ({ server }: { server: ServerView }) => jetstreamLabels(server);
  return [
    columnBlock({ ...CORE, columns: INFO }, up, infoLabels),
    columnBlock({ ...CORE, columns: SWITCH }, up, jetstreamLabels),
    columnBlock({ ...CORE, columns: STORES }, enabled, labels),
    columnBlock({ ...CORE_COUNTERS, columns: API }, enabled, labels),
    columnBlock({ ...CORE, columns: TOTALS }, [...enabled, ...disabled.map(nothing)], labels),
    columnBlock({ ...CORE, columns: GROUP_INFO }, [...clustered, ...alone], groupLabels),
    columnBlock({ ...CORE, columns: GROUP }, clustered, labels),
    columnBlock({ ...CORE, columns: PEER }, replicas, ({ server, name }) => ({
      ...jetstreamLabels(server),
      peer: name,
    })),
    columnBlock({ ...CORE, columns: SNAPSHOT }, snapshots, labels),
    columnBlock({ ...CORE, columns: RAFTZ }, metaGroups(up), labels),
  ];
}

const infoLabels = ({ name, id, cluster, version, figures, jetstream }: ServerView) => ({
  server_name: name,
  server_host: figures?.host ?? '',
  server_id: id,
  server_cluster: cluster,
  // An empty label is none to Prometheus.
  server_domain: jetstream?.domain || 'Default',
  server_version: version,
  server_jetstream: String(jetstream !== null),
});
const INFO: Columns<ServerView> = {
  jetstream_info: ['always 1; what it is stands in the labels', () => 1],
};
const SWITCH: Columns<ServerView> = {
  jetstream_enabled: ['1 with JetStream', ({ jetstream }) => Number(jetstream !== null)],
  jetstream_server_jetstream_disabled: [
    '1 without JetStream',
    ({ jetstream }) => Number(jetstream === null),
  ],
};

const STORES: Columns<Enabled> = {
  jetstream_filestore_size_bytes: ['most bytes of file streams', (one) => one.maxStorageBytes],
  jetstream_filestore_used_bytes: ['bytes of file streams', (one) => one.storageBytes],
  jetstream_filestore_reserved_bytes: ['bytes promised', (one) => one.storageReservedBytes],
  jetstream_memstore_size_bytes: ['most bytes of memory streams', (one) => one.maxMemoryBytes],
  jetstream_memstore_used_bytes: ['bytes of memory streams', (one) => one.memoryBytes],
  jetstream_memstore_reserved_bytes: ['bytes promised', (one) => one.memoryReservedBytes],
  jetstream_accounts: ['accounts with JetStream', (one) => one.accounts],
  jetstream_ha_assets: ['replicated streams and consumers', (one) => one.haAssets],
};
const API: Columns<Enabled> = {
  jetstream_api_requests: ['API requests', (one) => one.apiTotal],
  jetstream_api_errors: ['API requests that failed', (one) => one.apiErrors],
};

type Totals = Pick<
  JetStreamFigures,
  | 'streams'
  | 'consumers'
  | 'streamLeaders'
  | 'consumerLeaders'
  | 'messages'
  | 'bytes'
  | 'maxMemoryBytes'
  | 'maxStorageBytes'
> & { server: ServerView };
const nothing = (server: ServerView): Totals => ({
  server,
  streams: 0,
  consumers: 0,
  streamLeaders: 0,
  consumerLeaders: 0,
  messages: 0,
  bytes: 0,
  maxMemoryBytes: 0,
  maxStorageBytes: 0,
});
const TOTALS: Columns<Totals> = {
  jetstream_server_total_streams: ['streams, replicas too', (one) => numberOf(one.streams)],
  jetstream_server_total_consumers: ['consumers, replicas too', (one) => numberOf(one.consumers)],
  jetstream_server_total_stream_leaders: ['streams it leads', (one) => numberOf(one.streamLeaders)],
  jetstream_server_total_consumer_leaders: [
    'consumers it leads',
    (one) => numberOf(one.consumerLeaders),
  ],
  jetstream_server_total_messages: [
    'messages stored, replicas too',
    (one) => numberOf(one.messages),
  ],
  jetstream_server_total_message_bytes: [
    'bytes stored, replicas too',
    (one) => numberOf(one.bytes),
  ],
  jetstream_server_max_memory: ['most bytes of memory streams', (one) => one.maxMemoryBytes],
  jetstream_server_max_storage: ['most bytes of file streams', (one) => one.maxStorageBytes],
};

const groupLabels = ({ server, domain, metaLeader, metaSize }: Enabled) => ({
  jetstream_domain: metaSize === null ? '' : domain || 'Default',
  raft_group: metaSize === null ? '' : '_meta_',
  server_id: server.id,
  server_name: server.name,
  cluster_name: metaSize === null ? '' : server.cluster,
  leader: metaLeader,
});
const GROUP_INFO: Columns<Enabled> = {
  jetstream_cluster_raft_group_info: [
    '1 for a member of a meta group, whose leader is in the label; 0 outside of a cluster',
    ({ metaSize }) => Number(metaSize !== null),
  ],
};
const GROUP: Columns<Enabled> = {
  jetstream_api_pending: [
    'API requests that wait for the meta layer',
    (one) => numberOf(one.metaPending),
  ],
  jetstream_cluster_raft_group_size: ['servers of the meta group', (one) => numberOf(one.metaSize)],
  jetstream_cluster_raft_group_leader: ['1 on the meta leader', (one) => Number(one.isMetaLeader)],
  jetstream_cluster_raft_group_replicas: [
    'the others of the meta group, on its leader; 0 elsewhere',
    (one) => one.metaReplicas.length,
  ],
};
const PEER: Columns<Replica> = {
  jetstream_cluster_raft_group_replica_peer_active: [
    'ns since the meta leader heard of it',
    (one) => one.silentSeconds * 1e9,
  ],
  jetstream_cluster_raft_group_replica_peer_current: [
    '1 when it has all of the log',
    (one) => Number(one.isCurrent),
  ],
  jetstream_cluster_raft_group_replica_peer_offline: [
    '1 when it is away',
    (one) => Number(one.isOffline),
  ],
};
const SNAPSHOT: Columns<Snapshot> = {
  jetstream_meta_snapshot_pending_entries: ['entries since the last', (one) => one.pendingEntries],
  jetstream_meta_snapshot_pending_bytes: ['bytes of those', (one) => one.pendingBytes],
  jetstream_meta_snapshot_last_duration_seconds: [
    'how long the last took',
    (one) => (one.lastTime === null ? Number.NaN : one.lastSeconds),
  ],
  jetstream_meta_snapshot_last_timestamp_seconds: [
    'when the last was made, Unix s',
    (one) => Math.floor(secondsOf(one.lastTime)),
  ],
};

/** Where nats-surveyor has the id and the cluster in each other's label, ours are right. */
const RAFTZ: Columns<RaftGroup & { server: ServerView }> = {
  raftz_meta_committed: ['entries committed of the meta layer', ({ committed }) => committed],
  raftz_meta_applied: ['entries applied of the meta layer', ({ applied }) => applied],
  raftz_meta_pindex: ['last entry in the log of the meta layer', ({ lastIndex }) => lastIndex],
};
const metaGroups = (up: readonly ServerView[]) =>
  up.flatMap((server) =>
    server.raft.filter(({ group }) => group === '_meta_').map((group) => ({ server, ...group })),
  );
