import { type Fields, textAt } from '../fields.ts';
import { labelText, type MetricBlock, type MetricPlace, specs } from './metric-block.ts';

/** `/healthz`; null when the server gave no answer. `status` is 0 when all is well, `status_value` is 1. */
export function healthzBlocks(
  answer: Fields | null,
  { namespace, serverId, subsystem }: MetricPlace & { subsystem: string },
): MetricBlock[] {
  const start = `${namespace}_${subsystem}`;
  const status = answer ? textAt(answer, 'status') : 'unreachable';
  const isWell = status === 'ok';
  const value = {
    metrics: specs(start, { status_value: '1 when healthy; the word of the server in the label' }),
    rows: [{ labels: labelText({ server_id: serverId, value: status }), values: [isWell ? 1 : 0] }],
  };
  if (!answer) return [value];
  return [
    {
      metrics: specs(start, { status: '0 when healthy, 1 when not' }),
      rows: [{ labels: labelText({ server_id: serverId }), values: [isWell ? 0 : 1] }],
    },
    value,
  ];
}
