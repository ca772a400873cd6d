import { parseRfc3339 } from '@hopline/model';
import { type Fields, fieldsAt, isFields, numberAt, textAt } from '../fields.ts';
import { labelText, type MetricRow, specs } from './metric-block.ts';

export const consumerSpecs = (start: string) =>
  specs(start, {
    last_delivery_seconds: 'seconds since the last delivery; none before the first',
    last_ack_seconds: 'seconds since the last ack; none before the first',
    delivered_consumer_seq: 'deliveries so far',
    delivered_stream_seq: 'stream sequence of the last delivery',
    num_ack_pending: 'delivered and not acked',
    num_redelivered: 'delivered more than once and not acked',
    num_waiting: 'pull requests that wait',
    num_pending: 'not delivered yet; right on the leader only',
    ack_floor_stream_seq: 'stream sequence below which all are acked',
    ack_floor_consumer_seq: 'deliveries below which all are acked',
  });

/** A consumer of `/jsz`; `labels` are those of its stream. */
export function consumerRow(
  consumer: Fields,
  {
    labels,
    place,
  }: { labels: string; place: { serverName: string; consumerMetaKeys: readonly string[] } },
): MetricRow {
  const delivered = fieldsAt(consumer, 'delivered');
  const ackFloor = fieldsAt(consumer, 'ack_floor');
  const now = parseRfc3339(textAt(consumer, 'ts'));
  return {
    labels: `${labels},${labelText(consumerNames(consumer, place))}`,
    values: [
      secondsSince(textAt(delivered, 'last_active'), now),
      secondsSince(textAt(ackFloor, 'last_active'), now),
      numberAt(delivered, 'consumer_seq'),
      numberAt(delivered, 'stream_seq'),
      numberAt(consumer, 'num_ack_pending'),
      numberAt(consumer, 'num_redelivered'),
      numberAt(consumer, 'num_waiting'),
      numberAt(consumer, 'num_pending'),
      numberAt(ackFloor, 'stream_seq'),
      numberAt(ackFloor, 'consumer_seq'),
    ],
  };
}

function consumerNames(
  consumer: Fields,
  place: { serverName: string; consumerMetaKeys: readonly string[] },
): Record<string, string> {
  const cluster = consumer['cluster'];
  const config = fieldsAt(consumer, 'config');
  const leader = isFields(cluster) ? textAt(cluster, 'leader') : '';
  const names: Record<string, string> = {
    consumer_name: textAt(consumer, 'name'),
    consumer_leader: leader,
    is_consumer_leader: String(!isFields(cluster) || leader === place.serverName),
    consumer_desc: textAt(config, 'description'),
  };
  for (const key of place.consumerMetaKeys) {
    names[`consumer_meta_${key}`] = textAt(fieldsAt(config, 'metadata'), key);
  }
  return names;
}

function secondsSince(from: string, now: bigint | null): number {
  const start = from === '' ? null : parseRfc3339(from);
  return start === null || now === null ? Number.NaN : Number(now - start) / 1e9;
}
