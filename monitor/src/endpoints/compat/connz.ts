import { type Fields, listAt, numberAt, textAt, unixMsAt } from '../fields.ts';
import { parseDurationNs } from './duration.ts';
import { labelText, type MetricBlock, type MetricPlace, specs } from './metric-block.ts';

const TRAFFIC = ['in_bytes', 'out_bytes', 'in_msgs', 'out_msgs'] as const;

/**
 * `/connz`, all its pages together: `num_connections` counts every open connection, not those of a page.
 * `detailed` adds a row a connection under the same names, so that a plain sum counts twice: that is the
 * contract of these names.
 */
export function connzBlocks(
  pages: readonly Fields[],
  { namespace, serverId, detailed }: MetricPlace & { detailed: boolean },
): MetricBlock[] {
  const start = `${namespace}_connz`;
  const connections = allConnections(pages);
  const first = pages[0] ?? {};
  const sum = (key: string): number =>
    connections.reduce((total, connection) => total + numberAt(connection, key), 0);
  const totals: MetricBlock = {
    metrics: [
      ...specs(start, {
        num_connections: 'open connections',
        total: 'open connections as the server counts them',
        offset: 'always 0: all pages are read',
        limit: 'connections on a page of the server',
        pending_bytes: 'bytes that wait to be sent',
        subscriptions: 'subscriptions of open connections',
      }),
      ...specs(start, TRAFFIC_HELP, 'counter'),
    ],
    rows: [
      {
        labels: labelText({ server_id: serverId }),
        values: [
          connections.length,
          numberAt(first, 'total'),
          0,
          numberAt(first, 'limit'),
          sum('pending_bytes'),
          sum('subscriptions'),
          ...TRAFFIC.map(sum),
        ],
      },
    ],
  };
  return detailed ? [totals, perConnection(connections, { start, serverId })] : [totals];
}

const TRAFFIC_HELP = {
  in_bytes: 'bytes received from open connections; falls when one closes',
  out_bytes: 'bytes sent to open connections; falls when one closes',
  in_msgs: 'messages received from open connections; falls when one closes',
  out_msgs: 'messages sent to open connections; falls when one closes',
};

/** A connection that moved to a later page while they were read is counted once. */
function allConnections(pages: readonly Fields[]): Fields[] {
  const byId = new Map<number, Fields>();
  for (const page of pages) {
    for (const connection of listAt(page, 'connections')) {
      byId.set(numberAt(connection, 'cid'), connection);
    }
  }
  return [...byId.values()];
}

function perConnection(
  connections: readonly Fields[],
  { start, serverId }: { start: string; serverId: string },
): MetricBlock {
  return {
    metrics: [
      ...specs(start, {
        pending_bytes: 'bytes that wait to be sent',
        subscriptions: 'subscriptions of open connections',
      }),
      ...specs(start, TRAFFIC_HELP, 'counter'),
      ...specs(
        start,
        {
          start: 'when it connected, epoch milliseconds',
          last_activity: 'when it last did something, epoch milliseconds',
          uptime: 'milliseconds since it connected',
        },
        'untyped',
      ),
      ...specs(start, { rtt: 'round-trip time in microseconds', idle: 'milliseconds of silence' }),
    ],
    rows: connections.map((connection) => ({
      labels: connectionLabels(connection, serverId),
      values: [
        numberAt(connection, 'pending_bytes'),
        numberAt(connection, 'subscriptions'),
        ...TRAFFIC.map((key) => numberAt(connection, key)),
        unixMsAt(connection, 'start'),
        unixMsAt(connection, 'last_activity'),
        durationAt(connection, 'uptime', 1e6),
        // Left out by the server until the first ping has come back.
        durationAt(connection, 'rtt', 1e3),
        durationAt(connection, 'idle', 1e6),
      ],
    })),
  };
}

function durationAt(connection: Fields, key: string, unitNs: number): number {
  const text = textAt(connection, key);
  return text === '' ? 0 : Math.trunc(parseDurationNs(text) / unitNs);
}

function connectionLabels(connection: Fields, serverId: string): string {
  const account = textAt(connection, 'account');
  return labelText({
    server_id: serverId,
    cid: String(numberAt(connection, 'cid')),
    kind: textAt(connection, 'kind'),
    type: textAt(connection, 'type'),
    ip: textAt(connection, 'ip'),
    port: String(numberAt(connection, 'port')),
    name: textAt(connection, 'name'),
    name_tag: textAt(connection, 'name_tag'),
    account,
    account_id: account,
    lang: textAt(connection, 'lang'),
    version: textAt(connection, 'version'),
    tls_version: textAt(connection, 'tls_version'),
    tls_cipher_suite: textAt(connection, 'tls_cipher_suite'),
  });
}
