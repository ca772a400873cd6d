import type { JetStreamFigures, ServerFigures } from '@hopline/model/api';
import { type Fields, fieldsAt, isFields, listAt, numberAt, textAt, timeAt } from './fields.ts';
import { replicaOf } from './jetstream-asset.ts';

/** Load and traffic from `/varz`; rates are for who has two of them. */
export function serverFigures(varz: Fields): ServerFigures {
  const byKind = varz['slow_consumer_stats'];
  return {
    startedAt: timeAt(varz, 'start'),
    host: textAt(varz, 'host'),
    cpuPercent: numberAt(varz, 'cpu'),
    cores: numberAt(varz, 'cores'),
    memoryBytes: numberAt(varz, 'mem'),
    memoryLimitBytes: numberAt(varz, 'gomemlimit'),
    connections: numberAt(varz, 'connections'),
    totalConnections: numberAt(varz, 'total_connections'),
    maxConnections: numberAt(varz, 'max_connections'),
    subscriptions: numberAt(varz, 'subscriptions'),
    routes: numberAt(varz, 'routes'),
    leafnodes: numberAt(varz, 'leafnodes'),
    inMsgs: numberAt(varz, 'in_msgs'),
    outMsgs: numberAt(varz, 'out_msgs'),
    inBytes: numberAt(varz, 'in_bytes'),
    outBytes: numberAt(varz, 'out_bytes'),
    inMsgsPerSecond: null,
    outMsgsPerSecond: null,
    inBytesPerSecond: null,
    outBytesPerSecond: null,
    slowConsumers: numberAt(varz, 'slow_consumers'),
    slowConsumersByKind: isFields(byKind)
      ? Object.fromEntries(Object.keys(byKind).map((kind) => [kind, numberAt(byKind, kind)]))
      : {},
    staleConnections: numberOrNull(varz, 'stale_connections'),
    stalledClients: numberOrNull(varz, 'stalled_clients'),
  };
}

/** The same from a heartbeat, which says less. */
export function statszFigures(statsz: Fields): ServerFigures {
  const received = fieldsAt(statsz, 'received');
  const sent = fieldsAt(statsz, 'sent');
  const figures = serverFigures(statsz);
  return {
    ...figures,
    routes: listAt(statsz, 'routes').length,
    inMsgs: numberAt(received, 'msgs'),
    inBytes: numberAt(received, 'bytes'),
    outMsgs: numberAt(sent, 'msgs'),
    outBytes: numberAt(sent, 'bytes'),
  };
}

/** JetStream from `/varz`; null where it is off. Streams and consumers are counted by `/jsz` alone. */
export function jetstreamFigures(varz: Fields): JetStreamFigures | null {
  const jetstream = fieldsAt(varz, 'jetstream');
  const config = jetstream['config'];
  if (!isFields(config)) return null;
  const stats = fieldsAt(jetstream, 'stats');
  const api = fieldsAt(stats, 'api');
  const meta = jetstream['meta'];
  const metaLeader = isFields(meta) ? textAt(meta, 'leader') : '';
  const isMetaLeader = metaLeader !== '' && metaLeader === textAt(varz, 'server_name');
  return {
    domain: textAt(config, 'domain'),
    memoryBytes: numberAt(stats, 'memory'),
    memoryReservedBytes: numberAt(stats, 'reserved_memory'),
    maxMemoryBytes: numberAt(config, 'max_memory'),
    storageBytes: numberAt(stats, 'storage'),
    storageReservedBytes: numberAt(stats, 'reserved_storage'),
    maxStorageBytes: numberAt(config, 'max_storage'),
    accounts: numberAt(stats, 'accounts'),
    haAssets: numberAt(stats, 'ha_assets'),
    streams: null,
    consumers: null,
    streamLeaders: null,
    consumerLeaders: null,
    messages: null,
    bytes: null,
    usage: [],
    apiTotal: numberAt(api, 'total'),
    apiErrors: numberAt(api, 'errors'),
    apiInflight: numberAt(api, 'inflight'),
    metaPending: isFields(meta) ? numberAt(meta, 'pending') : null,
    metaLeader,
    isMetaLeader,
    metaSize: isFields(meta) ? numberAt(meta, 'cluster_size') : null,
    // A follower names the others too, and knows nothing of them: none is current there.
    metaReplicas: isFields(meta) && isMetaLeader ? listAt(meta, 'replicas').map(replicaOf) : [],
    metaSnapshot: isFields(meta) ? metaSnapshotOf(meta['snapshot']) : null,
  };
}

const metaSnapshotOf = (snapshot: unknown): JetStreamFigures['metaSnapshot'] =>
  isFields(snapshot)
    ? {
        pendingEntries: numberAt(snapshot, 'pending_entries'),
        pendingBytes: numberAt(snapshot, 'pending_size'),
        lastTime: timeAt(snapshot, 'last_time'),
        lastSeconds: numberAt(snapshot, 'last_duration') / 1e9,
      }
    : null;

/** Before its first version with the field a server does not say; that is not 0. */
const numberOrNull = (from: Fields, key: string): number | null =>
  typeof from[key] === 'number' ? numberAt(from, key) : null;
