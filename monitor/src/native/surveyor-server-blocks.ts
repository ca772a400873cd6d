import type {
  JetStreamFigures,
  RaftGroup,
  ServerFigures,
  ServerLink,
  ServerView,
} from '@hopline/model/api';
import {
  labelText,
  type MetricBlock,
  type MetricRow,
  type MetricType,
  specs,
} from '../endpoints/compat/metric-block.ts';
import { numberOf, secondsOf } from './numbers.ts';

/** A metric of surveyor's: what it means, its value of one row. Types are surveyor's, also where wrong. */
export type Columns<Of> = Readonly<
  Record<string, readonly [help: string, value: (of: Of) => number]>
>;

/** Rows of `of` as a block of `start_key` metrics. */
export function columnBlock<Of>(
  { start, columns, type }: { start: string; columns: Columns<Of>; type?: MetricType },
  of: readonly Of[],
  labelsOf: (of: Of) => Record<string, string>,
): MetricBlock {
  const help = Object.entries(columns).map(([key, [text]]) => [key, text] as const);
  const values = Object.values(columns).map(([, value]) => value);
  const rows: MetricRow[] = of.map((one) => ({
    labels: labelText(labelsOf(one)),
    values: values.map((value) => value(one)),
  }));
  return { metrics: specs(start, Object.fromEntries(help), type), rows };
}

/** `nats_core_*` of servers, their JetStream, routes, gateways and accounts. */
export function surveyorServerBlocks(servers: readonly ServerView[]): MetricBlock[] {
  const up = servers.flatMap((server) => (server.figures ? [{ server, ...server.figures }] : []));
  const enabled = servers.flatMap((server) =>
    server.jetstream ? [{ server, ...server.jetstream }] : [],
  );
  const routes = up.flatMap(({ server }) => linksOf(server, ['route']));
  const gateways = up.flatMap(({ server }) => linksOf(server, ['gateway out', 'gateway in']));
  const accounts = up.flatMap(({ server }) =>
    server.accounts.map((account) => ({ server, ...account })),
  );
  const names = new Set(accounts.map(({ account }) => account));
  const core = { start: 'nats_core' };
  const counters = { ...core, type: 'counter' } as const;
  return [
    columnBlock({ ...core, columns: INFO }, up, ({ server }) => ({
      ...serverLabels(server),
      server_version: server.version,
    })),
    columnBlock({ ...core, columns: SERVER }, up, (one) => serverLabels(one.server)),
    columnBlock({ ...counters, columns: TRAFFIC }, up, (one) => serverLabels(one.server)),
    columnBlock({ ...core, columns: JETSTREAM_INFO }, up, ({ server }) => jetstreamInfo(server)),
    columnBlock({ ...core, columns: IS_ENABLED }, up, (one) => jetstreamLabels(one.server)),
    columnBlock({ ...core, columns: JETSTREAM }, enabled, (one) => jetstreamLabels(one.server)),
    columnBlock({ ...counters, columns: API }, enabled, (one) => jetstreamLabels(one.server)),
    columnBlock(
      { ...core, columns: META_INFO },
      enabled.filter(({ metaPending }) => metaPending !== null),
      ({ server, domain, metaLeader }) => ({
        jetstream_domain: domain || 'Default',
        raft_group: '_meta_',
        ...jetstreamLabels(server),
        leader: metaLeader,
      }),
    ),
    columnBlock({ ...core, columns: RAFTZ }, metaGroups(up), (one) => jetstreamLabels(one.server)),
    columnBlock({ ...counters, columns: ROUTE_TRAFFIC }, routes, routeLabels),
    columnBlock({ ...core, columns: ROUTE }, routes, routeLabels),
    columnBlock({ ...counters, columns: GATEWAY_TRAFFIC }, gateways, gatewayLabels),
    columnBlock({ ...core, columns: GATEWAY }, gateways, gatewayLabels),
    columnBlock({ ...core, columns: ACCOUNTS }, up.length > 0 ? [names.size] : [], () => ({})),
    columnBlock({ ...core, columns: ACCOUNT }, accounts, accountLabels),
    columnBlock({ ...counters, columns: ACCOUNT_TRAFFIC }, accounts, accountLabels),
  ];
}

const serverLabels = ({ cluster, name, id }: ServerView) => ({
  server_cluster: cluster,
  server_name: name,
  server_id: id,
});
const jetstreamLabels = ({ cluster, name, id }: ServerView) => ({
  server_id: id,
  server_name: name,
  cluster_name: cluster,
});
const jetstreamInfo = ({ name, id, cluster, version, url, jetstream }: ServerView) => ({
  server_name: name,
  server_host: URL.parse(url)?.hostname ?? '',
  server_id: id,
  server_cluster: cluster,
  // An empty label is none to Prometheus.
  server_domain: jetstream?.domain || 'Default',
  server_version: version,
  server_jetstream: String(jetstream !== null),
});

interface Up extends ServerFigures {
  server: ServerView;
}
const INFO: Columns<Up> = { info: ['always 1; the version is in the label', () => 1] };
const SERVER: Columns<Up> = {
  start_time: ['when it started, Unix ns', (one) => secondsOf(one.startedAt) * 1e9],
  mem_bytes: ['resident memory', (one) => one.memoryBytes],
  core_count: ['processor cores', (one) => one.cores],
  cpu_percentage: ['processor use, 100 is one core', (one) => one.cpuPercent],
  connection_count: ['open connections of clients', (one) => one.connections],
  active_account_count: ['accounts in use', ({ server }) => accountCount(server)],
  subs_count: ['subscriptions', (one) => one.subscriptions],
  slow_consumer_count: ['connections closed for slowness, ever', (one) => one.slowConsumers],
  route_count: ['route connections', (one) => one.routes],
  gateway_count: ['gateways', ({ server }) => gatewayCount(server)],
  rtt_nanoseconds: ['from asking it to its answer', ({ server }) => answerNs(server)],
};
const TRAFFIC: Columns<Up> = {
  total_connection_count: ['connections of clients since its start', (one) => one.totalConnections],
  sent_msgs_count: ['messages sent', (one) => one.outMsgs],
  sent_bytes: ['bytes sent', (one) => one.outBytes],
  recv_msgs_count: ['messages received', (one) => one.inMsgs],
  recv_bytes: ['bytes received', (one) => one.inBytes],
};
/** None while the endpoint does not answer: unknown is not 0. */
const accountCount = ({ accounts }: ServerView): number => accounts.length || Number.NaN;
const answerNs = ({ endpoints }: ServerView): number =>
  (endpoints.find(({ endpoint, up }) => endpoint === 'varz' && up)?.durationMs ?? Number.NaN) * 1e6;
const gatewayCount = ({ links }: ServerView): number =>
  links.filter(({ kind }) => kind === 'gateway out').length;

interface Enabled extends JetStreamFigures {
  server: ServerView;
}
/** Where nats-surveyor has the id and the cluster in each other's label, ours are right. */
const RAFTZ: Columns<RaftGroup & { server: ServerView }> = {
  raftz_meta_committed: ['entries committed of the meta layer', ({ committed }) => committed],
  raftz_meta_applied: ['entries applied of the meta layer', ({ applied }) => applied],
  raftz_meta_pindex: ['last entry in the log of the meta layer', ({ lastIndex }) => lastIndex],
};
const metaGroups = (up: readonly Up[]) =>
  up.flatMap(({ server }) =>
    server.raft.filter(({ group }) => group === '_meta_').map((group) => ({ server, ...group })),
  );

const JETSTREAM_INFO: Columns<Up> = {
  jetstream_info: ['always 1; what it is stands in the labels', () => 1],
};
const IS_ENABLED: Columns<Up> = {
  jetstream_enabled: ['1 with JetStream', ({ server }) => Number(server.jetstream !== null)],
};
const JETSTREAM: Columns<Enabled> = {
  jetstream_filestore_size_bytes: ['most bytes of file streams', (one) => one.maxStorageBytes],
  jetstream_filestore_used_bytes: ['bytes of file streams', (one) => one.storageBytes],
  jetstream_filestore_reserved_bytes: ['bytes promised', (one) => one.storageReservedBytes],
  jetstream_memstore_size_bytes: ['most bytes of memory streams', (one) => one.maxMemoryBytes],
  jetstream_memstore_used_bytes: ['bytes of memory streams', (one) => one.memoryBytes],
  jetstream_memstore_reserved_bytes: ['bytes promised', (one) => one.memoryReservedBytes],
  jetstream_accounts: ['accounts with JetStream', (one) => one.accounts],
  jetstream_ha_assets: ['replicated streams and consumers', (one) => one.haAssets],
  jetstream_api_pending: ['API requests being answered', (one) => one.apiInflight],
  jetstream_cluster_raft_group_leader: ['1 on the meta leader', (one) => Number(one.isMetaLeader)],
  jetstream_server_jetstream_disabled: ['1 without JetStream', () => 0],
  jetstream_server_total_streams: ['streams, replicas too', (one) => numberOf(one.streams)],
  jetstream_server_total_consumers: ['consumers, replicas too', (one) => numberOf(one.consumers)],
  jetstream_server_max_memory: ['most bytes of memory streams', (one) => one.maxMemoryBytes],
  jetstream_server_max_storage: ['most bytes of file streams', (one) => one.maxStorageBytes],
};
const META_INFO: Columns<Enabled> = {
  jetstream_cluster_raft_group_info: ['always 1; the meta leader is in the label', () => 1],
};
const API: Columns<Enabled> = {
  jetstream_api_requests: ['API requests', (one) => one.apiTotal],
  jetstream_api_errors: ['API requests that failed', (one) => one.apiErrors],
};

/** All links to one other server or cluster: a pool has several, their ids change with each restart. */
interface Links {
  server: ServerView;
  remote: string;
  out: readonly ServerLink[];
  in: readonly ServerLink[];
  inbound: number;
}
function linksOf(server: ServerView, kinds: readonly ServerLink['kind'][]): Links[] {
  const wanted = server.links.filter(({ kind }) => kinds.includes(kind));
  return [...Map.groupBy(wanted, ({ remote }) => remote)].map(([remote, links]) => {
    const inbound = links.filter(({ kind }) => kind === 'gateway in');
    // A gateway sends over its own connection and receives over those of the others.
    const out = links.filter(({ kind }) => kind !== 'gateway in');
    return {
      server,
      remote,
      out,
      in: kinds[0] === 'route' ? out : inbound,
      inbound: inbound.length,
    };
  });
}
const sum = (
  links: readonly ServerLink[],
  key: 'inMsgs' | 'outMsgs' | 'inBytes' | 'outBytes' | 'pendingBytes',
) => links.reduce((total, link) => total + link[key], 0);
const routeLabels = ({ server, remote }: Links) => ({
  ...serverLabels(server),
  server_route_name: remote,
  server_route_name_id: '',
});
const gatewayLabels = ({ server, remote }: Links) => ({
  ...serverLabels(server),
  server_gateway_name: remote,
  server_gateway_name_id: '',
});
const ROUTE_TRAFFIC: Columns<Links> = {
  route_sent_msg_count: ['messages sent over the routes', ({ out }) => sum(out, 'outMsgs')],
  route_sent_bytes: ['bytes sent over the routes', ({ out }) => sum(out, 'outBytes')],
  route_recv_msg_count: ['messages received over the routes', (one) => sum(one.in, 'inMsgs')],
  route_recv_bytes: ['bytes received over the routes', (one) => sum(one.in, 'inBytes')],
};
const ROUTE: Columns<Links> = {
  route_pending_bytes: ['bytes that wait to be sent', ({ out }) => sum(out, 'pendingBytes')],
};
const GATEWAY_TRAFFIC: Columns<Links> = {
  gateway_sent_msgs_count: ['messages sent to the cluster', ({ out }) => sum(out, 'outMsgs')],
  gateway_sent_bytes: ['bytes sent to the cluster', ({ out }) => sum(out, 'outBytes')],
  gateway_recv_msg_count: ['messages received of the cluster', (one) => sum(one.in, 'inMsgs')],
  gateway_recv_bytes: ['bytes received of the cluster', (one) => sum(one.in, 'inBytes')],
};
const GATEWAY: Columns<Links> = {
  gateway_inbound_msg_count: ['inbound connections, not messages', ({ inbound }) => inbound],
};

type Account = ServerView['accounts'][number] & { server: ServerView };
const accountLabels = ({ server, account }: Account) => ({
  ...serverLabels(server),
  account,
  account_name: account,
});
const ACCOUNTS: Columns<number> = { account_count: ['accounts', (count) => count] };
const ACCOUNT: Columns<Account> = {
  account_conn_count: ['open connections of clients', (one) => one.connections],
  account_total_conn_count: ['open, leaf nodes too', (one) => one.connections + one.leafnodes],
  account_leaf_count: ['leaf node connections', (one) => one.leafnodes],
  account_sub_count: ['subscriptions', (one) => one.subscriptions],
  account_slow_consumer_count: ['closed for slowness, ever', (one) => one.slowConsumers],
};
const ACCOUNT_TRAFFIC: Columns<Account> = {
  account_bytes_sent: ['bytes sent', (one) => one.sentBytes],
  account_bytes_recv: ['bytes received', (one) => one.receivedBytes],
  account_msgs_sent: ['messages sent', (one) => one.sentMsgs],
  account_msgs_recv: ['messages received', (one) => one.receivedMsgs],
};
