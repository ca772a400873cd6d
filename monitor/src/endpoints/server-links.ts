import type { ServerLink } from '@hopline/model/api';
import { parseDurationNs } from './compat/duration.ts';
import { type Fields, fieldsAt, isFields, listAt, numberAt, textAt } from './fields.ts';

/** `/routez`: a pool has several routes to one server, each is a link. */
export const routeLinks = (routez: Fields): ServerLink[] =>
  listAt(routez, 'routes').map((route) =>
    link(route, {
      kind: 'route',
      remote: textAt(route, 'remote_name') || textAt(route, 'remote_id'),
      pendingKey: 'pending_size',
    }),
  );

/** `/gatewayz`, both directions. */
export function gatewayLinks(gatewayz: Fields): ServerLink[] {
  const outbound = fieldsAt(gatewayz, 'outbound_gateways');
  const inbound = fieldsAt(gatewayz, 'inbound_gateways');
  return [
    ...Object.entries(outbound).flatMap(([remote, gateway]) =>
      isFields(gateway)
        ? [link(fieldsAt(gateway, 'connection'), { kind: 'gateway out', remote })]
        : [],
    ),
    ...Object.keys(inbound).flatMap((remote) =>
      listAt(inbound, remote).map((gateway) =>
        link(fieldsAt(gateway, 'connection'), { kind: 'gateway in', remote }),
      ),
    ),
  ];
}

/** `/leafz`: leafs that connected to it, and hubs it connected to. */
export const leafLinks = (leafz: Fields): ServerLink[] =>
  listAt(leafz, 'leafs').map((leaf) => ({
    ...link(leaf, { kind: 'leaf', remote: textAt(leaf, 'name') || textAt(leaf, 'ip') }),
    account: textAt(leaf, 'account'),
  }));

function link(
  from: Fields,
  {
    kind,
    remote,
    pendingKey = 'pending_bytes',
  }: { kind: ServerLink['kind']; remote: string; pendingKey?: string },
): ServerLink {
  const rtt = textAt(from, 'rtt');
  return {
    kind,
    remote,
    account: textAt(from, 'account'),
    rttMs: rtt === '' ? null : finite(parseDurationNs(rtt) / 1e6),
    inMsgs: numberAt(from, 'in_msgs'),
    outMsgs: numberAt(from, 'out_msgs'),
    inBytes: numberAt(from, 'in_bytes'),
    outBytes: numberAt(from, 'out_bytes'),
    pendingBytes: numberAt(from, pendingKey),
    subscriptions: numberAt(from, 'subscriptions'),
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
