import type { ServerLink, ServerView } from '@hopline/model/api';
import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import { numberOf, secondsOf } from './numbers.ts';
import {
  CORE,
  CORE_COUNTERS,
  type Columns,
  columnBlock,
  serverLabels,
} from './surveyor-columns.ts';

interface Link extends ServerLink {
  server: ServerView;
}
interface Gateway extends Link {
  /** Connections of the other cluster to this server: a gateway receives over those alone. */
  inbound: readonly ServerLink[];
}

/** `nats_core_route_*`, `nats_core_gateway_*` and `nats_core_gatewayz_*`: one row a connection. */
export function surveyorLinkBlocks(servers: readonly ServerView[]): MetricBlock[] {
  const links = servers.flatMap((server) => server.links.map((link) => ({ ...link, server })));
  const routes = links.filter(({ kind }) => kind === 'route');
  const outbound = links.filter(({ kind }) => kind === 'gateway out');
  const inbound = links.filter(({ kind }) => kind === 'gateway in');
  const gateways = outbound.map((link) => ({
    ...link,
    inbound: inbound.filter(
      ({ server, remote }) => server === link.server && remote === link.remote,
    ),
  }));
  return [
    columnBlock({ ...CORE_COUNTERS, columns: ROUTE_TRAFFIC }, routes, routeLabels),
    columnBlock({ ...CORE, columns: ROUTE }, routes, routeLabels),
    columnBlock({ ...CORE_COUNTERS, columns: GATEWAY_TRAFFIC }, gateways, gatewayLabels),
    columnBlock({ ...CORE, columns: GATEWAY }, gateways, gatewayLabels),
    columnBlock(
      { start: 'nats_core_gatewayz_outbound_gateway', columns: GATEWAYZ },
      outbound,
      ends,
    ),
    columnBlock({ start: 'nats_core_gatewayz_inbound_gateway', columns: GATEWAYZ }, inbound, ends),
  ];
}

const routeLabels = ({ server, remote, id }: Link) => ({
  ...serverLabels(server),
  server_route_name: remote,
  server_route_name_id: String(id),
});
const gatewayLabels = ({ server, remote, id }: Link) => ({
  ...serverLabels(server),
  server_gateway_name: remote,
  server_gateway_name_id: String(id),
});
const ends = ({ server, remote, remoteId, id }: Link) => ({
  server_id: server.id,
  server_name: server.name,
  gateway_name: server.cluster,
  remote_gateway_name: remote,
  gateway_id: remoteId,
  cid: String(id),
});

const ROUTE_TRAFFIC: Columns<Link> = {
  route_sent_msg_count: ['messages sent over the route', (one) => one.outMsgs],
  route_sent_bytes: ['bytes sent over the route', (one) => one.outBytes],
  route_recv_msg_count: ['messages received over the route', (one) => one.inMsgs],
  route_recv_bytes: ['bytes received over the route', (one) => one.inBytes],
};
const ROUTE: Columns<Link> = {
  route_pending_bytes: ['bytes that wait to be sent', (one) => one.pendingBytes],
};

const sum = (links: readonly ServerLink[], key: 'inMsgs' | 'inBytes') =>
  links.reduce((total, link) => total + link[key], 0);
const GATEWAY_TRAFFIC: Columns<Gateway> = {
  gateway_sent_msgs_count: ['messages sent to the cluster', (one) => one.outMsgs],
  gateway_sent_bytes: ['bytes sent to the cluster', (one) => one.outBytes],
  gateway_recv_msg_count: ['messages received of it', ({ inbound }) => sum(inbound, 'inMsgs')],
  gateway_recv_bytes: ['bytes received of it', ({ inbound }) => sum(inbound, 'inBytes')],
};
const GATEWAY: Columns<Gateway> = {
  gateway_inbound_msg_count: ['inbound connections, not messages', ({ inbound }) => inbound.length],
};

const GATEWAYZ: Columns<Link> = {
  configured: ['1 when its configuration names it', (one) => Number(one.isConfigured)],
  conn_last_activity_seconds: [
    'when it last carried something, Unix s',
    (one) => secondsOf(one.lastActivity),
  ],
  conn_uptime_seconds: ['since it was opened', (one) => numberOf(one.openSeconds)],
  conn_idle_seconds: ['since it last carried something', (one) => numberOf(one.idleSeconds)],
  conn_rtt: ['round trip, seconds', (one) => numberOf(one.rttMs) / 1000],
  conn_pending_bytes: ['bytes that wait to be sent', (one) => one.pendingBytes],
  conn_in_msgs: ['messages received', (one) => one.inMsgs],
  conn_out_msgs: ['messages sent', (one) => one.outMsgs],
  conn_in_bytes: ['bytes received', (one) => one.inBytes],
  conn_out_bytes: ['bytes sent', (one) => one.outBytes],
  conn_subscriptions: ['subscriptions of the other end', (one) => one.subscriptions],
};
