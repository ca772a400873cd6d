import { type ClusterSnapshot, VERDICTS } from '@hopline/model/api';
import { labelText, type MetricBlock, specs } from '../endpoints/compat/metric-block.ts';
import { type Budgeted, withinBudget } from './budget.ts';
import { consumerBlocks } from './consumer-blocks.ts';
import { secondsOf } from './numbers.ts';
import { serverBlocks } from './server-blocks.ts';
import { streamBlocks } from './stream-blocks.ts';

export interface NativeOptions {
  /** Series of streams and consumers at most; what is left out is in the totals and said. */
  maxSeries: number;
  /** Sweeps ended so far. */
  sweeps: number;
  /** How long the last one took. */
  sweepMs: number;
  nowMs: number;
}

export const DEFAULT_MAX_SERIES = 200_000;

/** The native metrics, docs/metrics.md: leaders only, base units, counters that are counters. */
export function nativeBlocks(snapshot: ClusterSnapshot, options: NativeOptions): MetricBlock[] {
  return [...nativeServerBlocks(snapshot, options), ...nativeAssetBlocks(snapshot, options)];
}

/** Servers, totals and the sweep itself: few series, some of which grow older by the second. */
export function nativeServerBlocks(
  snapshot: ClusterSnapshot,
  options: NativeOptions,
): MetricBlock[] {
  const { maxSeries, nowMs } = options;
  return [
    ...serverBlocks(snapshot.servers, nowMs),
    ...totalBlocks(snapshot),
    {
      metrics: specs('hopline', {
        series_budget: 'series of streams and consumers at most',
        sweep_age_seconds: 'since the sweep ended that the figures are from',
        sweep_duration_seconds: 'how long that sweep took',
      }),
      rows: [
        {
          labels: '',
          values: [
            maxSeries,
            nowMs / 1000 - secondsOf(snapshot.time),
            snapshot.time === null ? Number.NaN : options.sweepMs / 1000,
          ],
        },
      ],
    },
    {
      metrics: specs('hopline', { sweeps_total: 'sweeps of all servers' }, 'counter'),
      rows: [{ labels: '', values: [options.sweeps] }],
    },
  ];
}

/** Streams and consumers: nearly all series, the same for every reader of one snapshot. */
export function nativeAssetBlocks(
  snapshot: ClusterSnapshot,
  { maxSeries }: Pick<NativeOptions, 'maxSeries'>,
): MetricBlock[] {
  const { streams, consumers, leftOut } = withinBudget(snapshot, maxSeries);
  return [...streamBlocks(streams), ...consumerBlocks(consumers), leftOutBlock(leftOut)];
}

/** What the budget has no series for: without this it would look as if it were not there. */
export const leftOutBlock = (leftOut: Budgeted['leftOut']): MetricBlock => ({
  metrics: specs('hopline_series', {
    left_out: 'streams and consumers without series of their own, for the budget',
  }),
  rows: Object.entries(leftOut).map(([kind, count]) => ({
    labels: labelText({ kind }),
    values: [count],
  })),
});

/** All consumers, also those that the budget leaves out. */
function totalBlocks({ consumers, time }: ClusterSnapshot): MetricBlock[] {
  if (time === null) return [];
  const counts = new Map<string, number>(VERDICTS.map((verdict) => [verdict, 0]));
  let backlog = 0;
  let inFlight = 0;
  let maxLag = Number.NaN;
  for (const one of consumers) {
    counts.set(one.verdict, (counts.get(one.verdict) ?? 0) + 1);
    backlog += one.backlog;
    inFlight += one.inFlight;
    const { seconds } = one.deliveryLag;
    if (seconds !== null && !(seconds <= maxLag)) maxLag = seconds;
  }
  return [
    {
      metrics: specs('hopline', { consumers: 'consumers by verdict' }),
      rows: [...counts].map(([verdict, count]) => ({
        labels: labelText({ verdict }),
        values: [count],
      })),
    },
    {
      metrics: specs('hopline_consumers', {
        backlog_messages: 'messages not delivered yet, all consumers',
        in_flight_messages: 'messages delivered and not acked, all consumers',
        max_delivery_lag_seconds: 'longest known delivery lag',
      }),
      rows: [{ labels: '', values: [backlog, inFlight, maxLag] }],
    },
  ];
}
