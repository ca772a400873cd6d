import { type Fields, listAt, numberAt, textAt } from '../fields.ts';
import { parseDurationNs } from './duration.ts';
import { labelText, type MetricBlock, type MetricPlace, specs } from './metric-block.ts';

/** `/leafz`: a row a leaf connection, and how many there are. */
export function leafzBlocks(answer: Fields, { namespace, serverId }: MetricPlace): MetricBlock[] {
  const start = `${namespace}_leafz`;
  return [
    {
      metrics: specs(start, { conn_nodes_total: 'leaf node connections' }),
      rows: [
        { labels: labelText({ server_id: serverId }), values: [numberAt(answer, 'leafnodes')] },
      ],
    },
    {
      metrics: specs(start, {
        info: 'always 1; who it is stands in the labels',
        conn_rtt: 'round-trip time in seconds',
        conn_in_msgs: 'messages received',
        conn_out_msgs: 'messages sent',
        conn_in_bytes: 'bytes received',
        conn_out_bytes: 'bytes sent',
        conn_subscriptions_total: 'subscriptions',
      }),
      rows: listAt(answer, 'leafs').map((leaf) => ({
        labels: leafLabels(leaf, serverId),
        values: [
          1,
          rttSeconds(leaf),
          numberAt(leaf, 'in_msgs'),
          numberAt(leaf, 'out_msgs'),
          numberAt(leaf, 'in_bytes'),
          numberAt(leaf, 'out_bytes'),
          numberAt(leaf, 'subscriptions'),
        ],
      })),
    },
  ];
}

function rttSeconds(leaf: Fields): number {
  const text = textAt(leaf, 'rtt');
  return text === '' ? 0 : parseDurationNs(text) / 1e9;
}

function leafLabels(leaf: Fields, serverId: string): string {
  const account = textAt(leaf, 'account');
  return labelText({
    server_id: serverId,
    account,
    account_id: account,
    ip: textAt(leaf, 'ip'),
    port: String(numberAt(leaf, 'port')),
    name: textAt(leaf, 'name'),
  });
}
