import type { ServerLink } from '@hopline/model/api';
import { parseDurationNs } from './compat/duration.ts';
import {
  type Fields,
  fieldsAt,
  flagAt,
  isFields,
  listAt,
  numberAt,
  textAt,
  timeAt,
} from './fields.ts';

/** `/routez`: a pool has several routes to one server, each is a link. */
export const routeLinks = (routez: Fields): ServerLink[] =>
  listAt(routez, 'routes').map((route) =>
    link(route, {
      kind: 'route',
      remote: textAt(route, 'remote_name') || textAt(route, 'remote_id'),
      pendingKey: 'pending_size',
      id: numberAt(route, 'rid'),
      remoteId: textAt(route, 'remote_id'),
      isConfigured: flagAt(route, 'is_configured'),
    }),
  );

/** `/gatewayz`, both directions. */
export function gatewayLinks(gatewayz: Fields): ServerLink[] {
  const outbound = fieldsAt(gatewayz, 'outbound_gateways');
  const inbound = fieldsAt(gatewayz, 'inbound_gateways');
  return [
    ...Object.entries(outbound).flatMap(([remote, gateway]) =>
      isFields(gateway) ? [gatewayLink(gateway, { kind: 'gateway out', remote })] : [],
    ),
    ...Object.keys(inbound).flatMap((remote) =>
      listAt(inbound, remote).map((gateway) =>
        gatewayLink(gateway, { kind: 'gateway in', remote }),
      ),
    ),
  ];
}

const gatewayLink = (gateway: Fields, end: Pick<LinkEnd, 'kind' | 'remote'>): ServerLink => {
  const connection = fieldsAt(gateway, 'connection');
  const isConfigured = flagAt(gateway, 'configured');
  return link(connection, { ...end, isConfigured, remoteId: textAt(connection, 'name') });
};

/** `/leafz`: leafs that connected to it, and hubs it connected to. */
export const leafLinks = (leafz: Fields): ServerLink[] =>
  listAt(leafz, 'leafs').map((leaf) => ({
    ...link(leaf, { kind: 'leaf', remote: textAt(leaf, 'name') || textAt(leaf, 'ip') }),
    account: textAt(leaf, 'account'),
  }));

interface LinkEnd extends Partial<Pick<ServerLink, 'id' | 'remoteId' | 'isConfigured'>> {
  kind: ServerLink['kind'];
  remote: string;
  pendingKey?: string;
}

function link(from: Fields, end: LinkEnd): ServerLink {
  const { kind, remote, pendingKey = 'pending_bytes', id = numberAt(from, 'cid') } = end;
  return {
    kind,
    remote,
    account: textAt(from, 'account'),
    rttMs: durationAt(from, 'rtt', 1e6),
    inMsgs: numberAt(from, 'in_msgs'),
    outMsgs: numberAt(from, 'out_msgs'),
    inBytes: numberAt(from, 'in_bytes'),
    outBytes: numberAt(from, 'out_bytes'),
    pendingBytes: numberAt(from, pendingKey),
    subscriptions: numberAt(from, 'subscriptions'),
    id,
    remoteId: end.remoteId ?? '',
    isConfigured: end.isConfigured ?? false,
    lastActivity: timeAt(from, 'last_activity'),
    openSeconds: durationAt(from, 'uptime', 1e9),
    idleSeconds: durationAt(from, 'idle', 1e9),
  };
}

/** In units of `unitNs`. */
function durationAt(from: Fields, key: string, unitNs: number): number | null {
  const ns = parseDurationNs(textAt(from, key));
  return Number.isFinite(ns) ? ns / unitNs : null;
}
