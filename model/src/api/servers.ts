import { z } from 'zod';
import { unixNsString } from './scalars.ts';
import { replica } from './streams.ts';
import { unknownPart } from './unknown-part.ts';

/**
 * - `up`               it answers
 * - `lame duck`        it answers and has announced that it will leave
 * - `stopped`          it announced its shutdown: a planned end
 * - `down`             it answered before; now neither it nor any other server knows it as alive
 * - `monitoring lost`  its URL gives no answer, but other servers, its heartbeats or its answers over the
 *                      system account show that it lives
 * - `silent`           others name it; it never answered us
 */
export const SERVER_STATES = [
  'up',
  'lame duck',
  'stopped',
  'down',
  'monitoring lost',
  'silent',
] as const;
export const serverState = z.enum(SERVER_STATES);

/** Who told of a server, or how it is read. */
export const serverSource = z.enum(['monitoring URL', 'system account', 'named by others']);

export const endpointState = z.object({
  /** `varz`, `jsz`, ... */
  endpoint: z.string(),
  up: z.boolean(),
  /** In words; '' when it answered. */
  error: z.string(),
  /** One word for a label: `timeout`, `unreachable`, `status`, `body`, `too_large`; '' when it answered. */
  reason: z.string(),
  durationMs: z.number(),
  lastSuccess: unixNsString.nullable(),
});

/** A route, gateway or leaf connection as the server at this end sees it. */
export const serverLink = z.object({
  kind: z.enum(['route', 'gateway in', 'gateway out', 'leaf']),
  /** Name of the other server; of the other cluster for gateways. */
  remote: z.string(),
  account: z.string(),
  /** Null where the server does not say. */
  rttMs: z.number().nullable(),
  inMsgs: z.number(),
  outMsgs: z.number(),
  inBytes: z.number(),
  outBytes: z.number(),
  pendingBytes: z.number(),
  subscriptions: z.number(),
  /** Number of the connection on this server; counted anew when it starts again. */
  id: z.number(),
  /** Id of the server at the other end; '' where this one does not say. */
  remoteId: z.string(),
  /** It stands in the configuration of this server; the others came by gossip, or from the other end. */
  isConfigured: z.boolean(),
  /** Null where the server does not say. */
  lastActivity: unixNsString.nullable(),
  openSeconds: z.number().nullable(),
  idleSeconds: z.number().nullable(),
});

export const serverFigures = z.object({
  /** Unix ns. */
  startedAt: unixNsString.nullable(),
  host: z.string().meta({ description: 'Address that it listens on for clients' }),
  cpuPercent: z.number().meta({ description: '100 is one core' }),
  cores: z.number(),
  memoryBytes: z.number(),
  memoryLimitBytes: z.number().meta({ description: 'GOMEMLIMIT of its process, 0 without one' }),
  connections: z.number(),
  totalConnections: z.number(),
  maxConnections: z.number(),
  subscriptions: z.number(),
  routes: z.number(),
  leafnodes: z.number(),
  inMsgs: z.number(),
  outMsgs: z.number(),
  inBytes: z.number(),
  outBytes: z.number(),
  /** Per second since the sweep before; null after the first one or a restart. */
  inMsgsPerSecond: z.number().nullable(),
  outMsgsPerSecond: z.number().nullable(),
  inBytesPerSecond: z.number().nullable(),
  outBytesPerSecond: z.number().nullable(),
  /** Since the server started. */
  slowConsumers: z.number(),
  /** By kind of connection: clients, routes, gateways, leafs. Empty where the server does not say. */
  slowConsumersByKind: z.record(z.string(), z.number()),
  /** Null before nats-server 2.12. */
  staleConnections: z.number().nullable(),
  stalledClients: z.number().nullable(),
});

/** What an account holds in one JetStream domain, replicas included (`/jsz`). */
export const jetstreamUsage = z.object({
  account: z.string(),
  /** Its public key where accounts come from JWTs, else its name. */
  accountId: z.string(),
  memoryBytes: z.number(),
  storageBytes: z.number(),
  /** Null without a limit. */
  memoryReservedBytes: z.number().nullable(),
  storageReservedBytes: z.number().nullable(),
});

/** Of the log of the meta layer, on this server. */
export const metaSnapshot = z.object({
  /** Since the last one. */
  pendingEntries: z.number(),
  pendingBytes: z.number(),
  /** Null before the first one since its start. */
  lastTime: unixNsString.nullable(),
  lastSeconds: z.number(),
});

export const jetstreamFigures = z.object({
  domain: z.string(),
  memoryBytes: z.number(),
  memoryReservedBytes: z.number(),
  maxMemoryBytes: z.number(),
  storageBytes: z.number(),
  storageReservedBytes: z.number(),
  maxStorageBytes: z.number(),
  accounts: z.number(),
  /** Replicated streams and consumers on this server. */
  haAssets: z.number(),
  /** Replicas included: the sum over servers counts an R3 stream three times. */
  streams: z.number().nullable(),
  consumers: z.number().nullable(),
  /** Of those, the ones that it leads: the sum over servers counts each once. */
  streamLeaders: z.number().nullable(),
  consumerLeaders: z.number().nullable(),
  /** Stored on it, replicas included. */
  messages: z.number().nullable(),
  bytes: z.number().nullable(),
  usage: z.array(jetstreamUsage),
  apiTotal: z.number(),
  apiErrors: z.number(),
  apiInflight: z.number(),
  /** Requests the meta layer holds; null outside of a cluster. */
  metaPending: z.number().nullable(),
  metaLeader: z.string(),
  isMetaLeader: z.boolean(),
  /** Servers of the meta group; null outside of a cluster. */
  metaSize: z.number().nullable(),
  /** The others of the meta group, as its leader sees them; empty elsewhere. */
  metaReplicas: z.array(replica),
  /** Null where the server does not say. */
  metaSnapshot: metaSnapshot.nullable(),
});

/** How a server finds the subscriptions of a subject (`/subsz`), all accounts together. */
export const subjectMatching = z.object({
  /** Subjects looked up since its start. */
  matches: z.number(),
  /** Subjects whose subscriptions it remembers. */
  cacheEntries: z.number(),
  /** Of the lookups, how many it remembered: 0 to 1. */
  cacheHitRatio: z.number(),
  /** Subscriptions of one remembered subject. */
  maxFanout: z.number(),
  averageFanout: z.number(),
});

/** What an account may do (`/accountz`); null is no limit, or none that this server knows. */
export const accountLimits = z.object({
  maxConnections: z.number().nullable(),
  maxLeafnodes: z.number().nullable(),
  maxSubscriptions: z.number().nullable(),
  maxPayloadBytes: z.number().nullable(),
  isSystem: z.boolean(),
  /** Its JWT has expired. */
  isExpired: z.boolean(),
});

const traffic = z.object({
  sentMsgs: z.number(),
  sentBytes: z.number(),
  receivedMsgs: z.number(),
  receivedBytes: z.number(),
});

/** Traffic of one account on one server (`/accstatz`). */
export const accountTraffic = z.object({
  /** Its public key where accounts come from JWTs, else its name. */
  account: z.string(),
  name: z.string(),
  connections: z.number(),
  leafnodes: z.number(),
  subscriptions: z.number(),
  sentMsgs: z.number(),
  sentBytes: z.number(),
  receivedMsgs: z.number(),
  receivedBytes: z.number(),
  slowConsumers: z.number(),
  /** Of that, over connections between servers; the rest is clients. Null where the server does not say. */
  byKind: z.object({ leafs: traffic, routes: traffic, gateways: traffic }).nullable(),
  /** Null until they were asked for: some accounts a sweep. */
  limits: accountLimits.nullable(),
});

/** One RAFT group of the system account on this server (`/raftz`): the meta layer. */
export const raftGroup = z.object({
  account: z.string(),
  group: z.string(),
  /** `LEADER`, `FOLLOWER`, `CANDIDATE`, ... */
  state: z.string(),
  leader: z.string(),
  term: z.number(),
  committed: z.number(),
  applied: z.number(),
  /** Index of the last entry in its log. */
  lastIndex: z.number(),
  isCatchingUp: z.boolean(),
  /** In words; '' when its log is well. */
  error: z.string(),
});

export const server = z.object({
  /** Its name; its id where it has none. */
  name: z.string(),
  id: z.string(),
  cluster: z.string(),
  version: z.string(),
  /** Monitoring URL without credentials; '' when it has none here. */
  url: z.string(),
  source: serverSource,
  state: serverState,
  /** In words: what the state follows from. */
  stateReason: z.string(),
  /** Unix ns of the last answer; null before the first. */
  lastSuccess: unixNsString.nullable(),
  /** Of `/healthz`; '' when it was not asked or gave no answer. */
  health: z.enum(['ok', 'error', '']),
  healthError: z.string(),
  /** Null while there is no answer of this sweep: nothing old is repeated. */
  figures: serverFigures.nullable(),
  jetstream: jetstreamFigures.nullable(),
  links: z.array(serverLink),
  /** Internal queues with something in them (`/ipqueuesz`): the best early sign of overload. */
  queues: z.array(z.object({ name: z.string(), pending: z.number() })),
  /** Null when it did not answer. */
  matching: subjectMatching.nullable(),
  accounts: z.array(accountTraffic),
  raft: z.array(raftGroup),
  endpoints: z.array(endpointState),
});

export const serversResponse = z.object({
  /** Of the sweep; null before the first one. */
  time: unixNsString.nullable(),
  servers: z.array(server),
  unknown: z.array(unknownPart),
});

export type ServerState = z.infer<typeof serverState>;
export type EndpointState = z.infer<typeof endpointState>;
export type ServerLink = z.infer<typeof serverLink>;
export type ServerFigures = z.infer<typeof serverFigures>;
export type JetStreamFigures = z.infer<typeof jetstreamFigures>;
export type JetStreamUsage = z.infer<typeof jetstreamUsage>;
export type SubjectMatching = z.infer<typeof subjectMatching>;
export type AccountLimits = z.infer<typeof accountLimits>;
export type AccountTraffic = z.infer<typeof accountTraffic>;
export type RaftGroup = z.infer<typeof raftGroup>;
export type ServerView = z.infer<typeof server>;
