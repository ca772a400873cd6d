import type { ServerFigures, ServerView } from '@hopline/model/api';
import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import { secondsOf } from './numbers.ts';
import {
  CORE,
  CORE_COUNTERS,
  type Columns,
  columnBlock,
  serverLabels,
} from './surveyor-columns.ts';

interface Up extends ServerFigures {
  server: ServerView;
  /** Of the sweep, Unix s. */
  nowSeconds: number;
}

/** `nats_core_*` of servers that answered the sweep that ended at `time`. */
export function surveyorServerBlocks(
  servers: readonly ServerView[],
  time: string | null,
): MetricBlock[] {
  const nowSeconds = secondsOf(time);
  const up = servers.flatMap((server) =>
    server.figures ? [{ server, ...server.figures, nowSeconds }] : [],
  );
  return [
    columnBlock({ ...CORE, columns: INFO }, up, ({ server }) => ({
      ...serverLabels(server),
      server_version: server.version,
    })),
    columnBlock({ ...CORE, columns: SERVER }, up, ({ server }) => serverLabels(server)),
    columnBlock({ ...CORE_COUNTERS, columns: TRAFFIC }, up, ({ server }) => serverLabels(server)),
  ];
}

const INFO: Columns<Up> = { info: ['always 1; the version is in the label', () => 1] };
const SERVER: Columns<Up> = {
  start_time: ['when it started, Unix ns', (one) => secondsOf(one.startedAt) * 1e9],
  uptime: [
    'seconds since it started',
    ({ nowSeconds, startedAt }) => nowSeconds - secondsOf(startedAt),
  ],
  mem_bytes: ['resident memory', (one) => one.memoryBytes],
  go_memlimit_bytes: ['GOMEMLIMIT of its process, 0 without one', (one) => one.memoryLimitBytes],
  core_count: ['processor cores', (one) => one.cores],
  cpu_percentage: ['processor use, 100 is one core', (one) => one.cpuPercent],
  connection_count: ['open connections of clients', (one) => one.connections],
  active_account_count: ['accounts with open connections', ({ server }) => accountCount(server)],
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
const accountCount = ({ accounts }: ServerView): number =>
  accounts.length === 0
    ? Number.NaN
    : accounts.filter(({ connections, leafnodes }) => connections + leafnodes > 0).length;
const answerNs = ({ endpoints }: ServerView): number =>
  (endpoints.find(({ endpoint, up }) => endpoint === 'varz' && up)?.durationMs ?? Number.NaN) * 1e6;
const gatewayCount = ({ links }: ServerView): number =>
  links.filter(({ kind }) => kind === 'gateway out').length;
