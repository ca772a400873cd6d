import {
  type Fields,
  fieldsAt,
  flagAt,
  isFields,
  listAt,
  numberAt,
  textAt,
  unixMsAt,
} from '../fields.ts';
import { parseDurationNs } from './duration.ts';
import {
  labelText,
  type MetricBlock,
  type MetricPlace,
  type MetricRow,
  specs,
} from './metric-block.ts';

/** `/gatewayz`: a row a gateway connection, inbound and outbound under names of their own. */
export function gatewayzBlocks(answer: Fields, place: MetricPlace): MetricBlock[] {
  const own = textAt(answer, 'name');
  const outbound = Object.entries(fieldsAt(answer, 'outbound_gateways')).flatMap(
    ([name, gateway]) => (isFields(gateway) ? [{ name, gateway }] : []),
  );
  const inboundGateways = fieldsAt(answer, 'inbound_gateways');
  const inbound = Object.keys(inboundGateways).flatMap((name) =>
    listAt(inboundGateways, name).map((gateway) => ({ name, gateway })),
  );
  return [
    { direction: 'outbound', gateways: outbound },
    { direction: 'inbound', gateways: inbound },
  ].map(({ direction, gateways }) => ({
    metrics: gatewaySpecs(`${place.namespace}_gatewayz_${direction}_gateway`),
    rows: gateways.map(({ name, gateway }) =>
      gatewayRow(gateway, { own, remote: name, serverId: place.serverId }),
    ),
  }));
}

const gatewaySpecs = (start: string) =>
  specs(start, {
    configured: '1 when it is in the configuration, 0 when it was found by gossip',
    conn_start_time_seconds: 'when it connected, epoch seconds',
    conn_last_activity_seconds: 'when it last did something, epoch seconds',
    conn_uptime_seconds: 'seconds since it connected',
    conn_idle_seconds: 'seconds of silence',
    conn_rtt: 'round-trip time in seconds',
    conn_pending_bytes: 'bytes that wait to be sent',
    conn_in_msgs: 'messages received',
    conn_out_msgs: 'messages sent',
    conn_in_bytes: 'bytes received',
    conn_out_bytes: 'bytes sent',
    conn_subscriptions: 'subscriptions of the remote cluster',
  });

function gatewayRow(
  gateway: Fields,
  { own, remote, serverId }: { own: string; remote: string; serverId: string },
): MetricRow {
  const connection = fieldsAt(gateway, 'connection');
  const seconds = (key: string): number => {
    const text = textAt(connection, key);
    return text === '' ? 0 : parseDurationNs(text) / 1e9;
  };
  return {
    labels: labelText({
      gateway_name: own,
      cid: String(numberAt(connection, 'cid')),
      remote_gateway_name: remote,
      server_id: serverId,
    }),
    values: [
      flagAt(gateway, 'configured') ? 1 : 0,
      Math.floor(unixMsAt(connection, 'start') / 1000),
      Math.floor(unixMsAt(connection, 'last_activity') / 1000),
      seconds('uptime'),
      seconds('idle'),
      seconds('rtt'),
      numberAt(connection, 'pending_bytes'),
      numberAt(connection, 'in_msgs'),
      numberAt(connection, 'out_msgs'),
      numberAt(connection, 'in_bytes'),
      numberAt(connection, 'out_bytes'),
      numberAt(connection, 'subscriptions'),
    ],
  };
}
