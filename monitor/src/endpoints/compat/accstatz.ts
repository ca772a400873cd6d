import { type Fields, fieldsAt, listAt, numberAt, textAt } from '../fields.ts';
import { labelText, type MetricBlock, type MetricPlace, specs } from './metric-block.ts';

/** `/accstatz`: a row an account. */
export function accstatzBlocks(answer: Fields, place: MetricPlace): MetricBlock[] {
  return [
    {
      metrics: specs(`${place.namespace}_accstatz`, {
        current_connections: 'client connections',
        total_connections: 'client and leaf connections now',
        subscriptions: 'subscriptions',
        leaf_nodes: 'leaf node connections',
        sent_messages: 'messages sent',
        sent_bytes: 'bytes sent',
        received_messages: 'messages received',
        received_bytes: 'bytes received',
        slow_consumers: 'slow consumers since the server started',
      }),
      rows: listAt(answer, 'account_statz').map((account) => ({
        labels: labelText({
          server_id: place.serverId,
          account: textAt(account, 'acc'),
          account_id: textAt(account, 'acc'),
          account_name: textAt(account, 'name'),
        }),
        values: [
          numberAt(account, 'conns'),
          numberAt(account, 'total_conns'),
          numberAt(account, 'num_subscriptions'),
          numberAt(account, 'leafnodes'),
          ...(['sent', 'received'] as const).flatMap((way) => [
            numberAt(fieldsAt(account, way), 'msgs'),
            numberAt(fieldsAt(account, way), 'bytes'),
          ]),
          numberAt(account, 'slow_consumers'),
        ],
      })),
    },
  ];
}
