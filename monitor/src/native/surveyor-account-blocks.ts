import type { JetStreamUsage, ServerView, StreamView } from '@hopline/model/api';
import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import { numberOf } from './numbers.ts';
import {
  CORE,
  CORE_COUNTERS,
  type Columns,
  columnBlock,
  serverLabels,
} from './surveyor-columns.ts';

/** Ids of accounts by their names; they differ where accounts come from JWTs. */
export function accountIds(servers: readonly ServerView[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const { accounts, jetstream } of servers) {
    for (const { name, account } of accounts) ids.set(name, account);
    for (const { account, accountId } of jetstream?.usage ?? []) ids.set(account, accountId);
  }
  return ids;
}

/**
 * `nats_core_account_*` of servers that answered: of each, and of all of them together what JetStream keeps.
 * All streams are added up; `shown` have series of their own.
 */
export function surveyorAccountBlocks(
  up: readonly ServerView[],
  streams: readonly StreamView[],
  shown: readonly StreamView[],
): MetricBlock[] {
  const ids = accountIds(up);
  const accounts = up.flatMap((server) => server.accounts.map((one) => ({ server, ...one })));
  const split = accounts.flatMap(({ byKind, ...one }) => (byKind ? [{ ...one, byKind }] : []));
  const held = heldBy(ids, up, streams);
  const labels = (name: string) => ({ account: ids.get(name) ?? name, account_name: name });
  const perServer = ({ server, name }: Account) => ({ ...serverLabels(server), ...labels(name) });
  return [
    columnBlock({ ...CORE, columns: COUNT }, up.length > 0 ? [ids.size] : [], () => ({})),
    columnBlock({ ...CORE, columns: ACCOUNT }, accounts, perServer),
    columnBlock({ ...CORE_COUNTERS, columns: TRAFFIC }, accounts, perServer),
    columnBlock({ ...CORE_COUNTERS, columns: BY_KIND }, split, perServer),
    columnBlock({ ...CORE, columns: HELD }, held, ({ name }) => labels(name)),
    ...(['memory', 'file'] as const).map((storage) =>
      columnBlock(
        { ...CORE, columns: TIER[storage] },
        tiersOf(streams.filter((view) => view.storage === storage)),
        ({ account, tier }) => ({ ...labels(account), tier }),
      ),
    ),
    columnBlock({ ...CORE, columns: STREAM }, shown, ({ account, stream, raftGroup }) => ({
      ...labels(account),
      stream,
      raft_group: raftGroup,
    })),
  ];
}

type Account = ServerView['accounts'][number] & { server: ServerView };
const COUNT: Columns<number> = { account_count: ['accounts', (count) => count] };
const ACCOUNT: Columns<Account> = {
  account_conn_count: ['open connections of clients', (one) => one.connections],
  account_total_conn_count: ['open, leaf nodes too', (one) => one.connections + one.leafnodes],
  account_leaf_count: ['leaf node connections', (one) => one.leafnodes],
  account_sub_count: ['subscriptions', (one) => one.subscriptions],
  account_slow_consumer_count: ['closed for slowness, ever', (one) => one.slowConsumers],
};
const TRAFFIC: Columns<Account> = {
  account_bytes_sent: ['bytes sent', (one) => one.sentBytes],
  account_bytes_recv: ['bytes received', (one) => one.receivedBytes],
  account_msgs_sent: ['messages sent', (one) => one.sentMsgs],
  account_msgs_recv: ['messages received', (one) => one.receivedMsgs],
};

type Kinds = NonNullable<Account['byKind']>;
interface Split extends Account {
  byKind: Kinds;
}
const COUNTED = {
  bytes_sent: 'sentBytes',
  bytes_recv: 'receivedBytes',
  msgs_sent: 'sentMsgs',
  msgs_recv: 'receivedMsgs',
} as const;
const KINDS = { leaf: 'leafs', route: 'routes', gateway: 'gateways' } as const;
/** Four metrics of clients, then of each kind of connection between servers. */
const BY_KIND: Columns<Split> = Object.fromEntries([
  ...Object.entries(COUNTED).map(([what, key]) => [
    `account_client_${what}`,
    [
      `${what.replace('_', ' ')} over connections of clients`,
      ({ byKind, ...one }: Split) =>
        one[key] - byKind.leafs[key] - byKind.routes[key] - byKind.gateways[key],
    ] as const,
  ]),
  ...Object.entries(KINDS).flatMap(([kind, kinds]) =>
    Object.entries(COUNTED).map(([what, key]) => [
      `account_${kind}_${what}`,
      [
        `${what.replace('_', ' ')} over ${kind} connections`,
        ({ byKind }: Split) => byKind[kinds][key],
      ] as const,
    ]),
  ),
]);

/** What JetStream keeps of one account. */
interface Held {
  name: string;
  /** Of each domain that has it. */
  domains: readonly JetStreamUsage[];
  streams: number;
}
function heldBy(
  ids: ReadonlyMap<string, string>,
  servers: readonly ServerView[],
  streams: readonly StreamView[],
): Held[] {
  const usage = usageByAccount(servers);
  const streamsOf = Map.groupBy(streams, ({ account }) => account);
  return [...ids.keys()].map((name) => ({
    name,
    domains: usage.get(name) ?? [],
    streams: streamsOf.get(name)?.length ?? 0,
  }));
}

/** Each server knows all of its domain, some a second later than others: the most counts. */
function usageByAccount(servers: readonly ServerView[]): Map<string, JetStreamUsage[]> {
  const byPlace = new Map<string, JetStreamUsage>();
  for (const { jetstream } of servers) {
    for (const one of jetstream?.usage ?? []) {
      const place = JSON.stringify([jetstream?.domain, one.account]);
      const before = byPlace.get(place) ?? one;
      byPlace.set(place, {
        ...one,
        memoryBytes: Math.max(before.memoryBytes, one.memoryBytes),
        storageBytes: Math.max(before.storageBytes, one.storageBytes),
      });
    }
  }
  return Map.groupBy(byPlace.values(), ({ account }) => account);
}

/** No sample when it is unknown, or unlimited, of one of the domains. */
const total = ({ domains }: Held, of: (usage: JetStreamUsage) => number | null): number =>
  domains.reduce((sum, usage) => sum + numberOf(of(usage)), 0);
const HELD: Columns<Held> = {
  account_jetstream_enabled: ['1 with JetStream', ({ domains }) => Number(domains.length > 0)],
  account_jetstream_memory_used: [
    'bytes of memory streams, replicas too',
    (one) => total(one, ({ memoryBytes }) => memoryBytes),
  ],
  account_jetstream_storage_used: [
    'bytes of file streams, replicas too',
    (one) => total(one, ({ storageBytes }) => storageBytes),
  ],
  account_jetstream_memory_reserved: [
    'most bytes of memory streams, where there is a limit',
    (one) => total(one, ({ memoryReservedBytes }) => memoryReservedBytes),
  ],
  account_jetstream_storage_reserved: [
    'most bytes of file streams, where there is a limit',
    (one) => total(one, ({ storageReservedBytes }) => storageReservedBytes),
  ],
  account_jetstream_stream_count: ['streams', ({ streams }) => streams],
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
const usedBytes = ({ streams }: Tier): number => streams.reduce((sum, { bytes }) => sum + bytes, 0);
const reservedBytes = ({ streams }: Tier): number =>
  streams.reduce((sum, { maxBytes }) => sum + Math.max(0, maxBytes), 0);
const TIER: Readonly<Record<'memory' | 'file', Columns<Tier>>> = {
  memory: {
    account_jetstream_tiered_memory_used: ['bytes of memory streams, one replica', usedBytes],
    account_jetstream_tiered_memory_reserved: ['most bytes of those with a limit', reservedBytes],
  },
  file: {
    account_jetstream_tiered_storage_used: ['bytes of file streams, one replica', usedBytes],
    account_jetstream_tiered_storage_reserved: ['most bytes of those with a limit', reservedBytes],
  },
};
const STREAM: Columns<StreamView> = {
  account_jetstream_consumer_count: ['consumers of the stream', (view) => view.consumerCount],
  account_jetstream_replica_count: ['replicas of the stream', (view) => view.replicas.length + 1],
};
