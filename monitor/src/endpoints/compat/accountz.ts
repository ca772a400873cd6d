import { type Fields, fieldsAt, flagAt, numberAt, textAt } from '../fields.ts';
import { labelText, type MetricBlock, type MetricPlace, specs } from './metric-block.ts';

const COUNTS = ['client_connections', 'leafnode_connections', 'subscriptions'] as const;
const FLAGS = ['is_system', 'expired', 'complete', 'jetstream_enabled'] as const;
const LIMITS = ['subs', 'data', 'payload', 'imports', 'exports'] as const;

/** `/accountz?acc=...`, one answer an account. Limits are those of its JWT, 0 where it has none. */
export function accountzBlocks(
  answers: readonly Fields[],
  { namespace, serverId }: MetricPlace,
): MetricBlock[] {
  return [
    {
      metrics: specs(`${namespace}_accountz`, {
        client_connections: 'client connections',
        leafnode_connections: 'leaf node connections',
        subscriptions: 'subscriptions',
        is_system: '1 for the system account',
        expired: '1 when its JWT has expired',
        complete: '1 when the server knows all of it',
        jetstream_enabled: '1 when it may use JetStream',
        limit_subs: 'most subscriptions; -1 is no limit',
        limit_data: 'most bytes; -1 is no limit',
        limit_payload: 'largest message in bytes; -1 is no limit',
        limit_imports: 'most imports; -1 is no limit',
        limit_exports: 'most exports; -1 is no limit',
        limit_wildcards: '1 when exports may have wildcards',
        limit_conn: 'most client connections; -1 is no limit',
        limit_leaf: 'most leaf node connections; -1 is no limit',
      }),
      rows: answers.map((answer) => {
        const account = fieldsAt(answer, 'account_detail');
        const limits = fieldsAt(fieldsAt(fieldsAt(account, 'decoded_jwt'), 'nats'), 'limits');
        return {
          labels: labelText({
            server_id: serverId,
            account_id: textAt(account, 'account_name'),
            account_name: textAt(account, 'name_tag'),
          }),
          values: [
            ...COUNTS.map((key) => numberAt(account, key)),
            ...FLAGS.map((key) => Number(flagAt(account, key))),
            ...LIMITS.map((key) => numberAt(limits, key)),
            Number(flagAt(limits, 'wildcards')),
            numberAt(limits, 'conn'),
            numberAt(limits, 'leaf'),
          ],
        };
      }),
    },
  ];
}
