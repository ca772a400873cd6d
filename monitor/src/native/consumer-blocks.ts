import type { ConsumerView, Lag } from '@hopline/model/api';
import { labelText, type MetricBlock, specs } from '../endpoints/compat/metric-block.ts';
import { limitOf, numberOf } from './numbers.ts';

/** One row a consumer: that of its leader. */
export function consumerBlocks(consumers: readonly ConsumerView[]): MetricBlock[] {
  const labelled = consumers.map((view) => ({ view, names: namesOf(view) }));
  return [
    {
      metrics: GAUGES,
      rows: labelled.map(({ view, names }) => ({
        labels: labelText(names),
        values: [
          view.backlog,
          view.inFlight,
          view.redelivered,
          view.waiting,
          limitOf(view.maxAckPending),
          view.deliveredStreamSeq,
          view.ackFloorStreamSeq,
          numberOf(view.drainSeconds),
          numberOf(view.arrivalPerSecond),
          numberOf(view.deliveryPerSecond),
          numberOf(view.ackPerSecond),
        ],
      })),
    },
    {
      metrics: specs(
        'hopline_consumer',
        { deliveries_total: 'deliveries, redeliveries included' },
        'counter',
      ),
      rows: labelled.map(({ view, names }) => ({
        labels: labelText(names),
        values: [view.deliveredConsumerSeq],
      })),
    },
    lagBlock('delivery_lag_seconds', labelled, ({ deliveryLag }) => deliveryLag),
    lagBlock('completion_lag_seconds', labelled, ({ completionLag }) => completionLag),
    {
      metrics: specs('hopline_consumer', { verdict: 'always 1; how it does is in the label' }),
      rows: labelled.map(({ view, names }) => ({
        labels: labelText({ ...names, verdict: view.verdict }),
        values: [1],
      })),
    },
    {
      metrics: specs('hopline_consumer', {
        threshold_breached: 'value that passed a threshold of its own metadata',
      }),
      rows: labelled.flatMap(({ view, names }) =>
        view.breaches.map(({ key, value }) => ({
          labels: labelText({ ...names, key }),
          values: [value],
        })),
      ),
    },
  ];
}

const GAUGES = specs('hopline_consumer', {
  backlog_messages: 'messages not delivered yet',
  in_flight_messages: 'messages delivered and not acked',
  redelivered_messages:
    'messages in flight that were delivered more than once; without those that were given up',
  waiting_pulls: 'pull requests that wait',
  max_ack_pending: 'most messages in flight',
  delivered_sequence: 'stream sequence of the last delivery',
  ack_floor_sequence: 'stream sequence below which all are acked',
  drain_seconds: 'until the backlog is gone at the present pace',
  arrival_messages_per_second: 'messages that came for it, over the window',
  delivery_messages_per_second: 'deliveries, over the window',
  ack_messages_per_second: 'acks, over the window',
});

interface Labelled {
  view: ConsumerView;
  names: Record<string, string>;
}

const LAG_HELP: Readonly<Record<string, string>> = {
  delivery_lag_seconds: 'age of the first message that was not delivered yet',
  completion_lag_seconds: 'age of the first message that was not acked yet',
};

/** Without a sample while the lag is unknown. */
const lagBlock = (
  key: string,
  labelled: readonly Labelled[],
  lagOf: (view: ConsumerView) => Lag,
): MetricBlock => ({
  metrics: specs('hopline_consumer', { [key]: LAG_HELP[key] ?? '' }),
  rows: labelled.map(({ view, names }) => ({
    labels: labelText({ ...names, method: lagOf(view).method }),
    values: [numberOf(lagOf(view).seconds)],
  })),
});

const namesOf = ({ account, domain, cluster, stream, consumer }: ConsumerView) => ({
  account,
  domain,
  cluster,
  stream,
  consumer,
});
