import { STAGES } from '@hopline/model';
import type { LatencyResponse, StageFigures, StageOrTotal } from '@hopline/model/api';
import {
  BINS_PER_DECADE,
  type StageRow,
  type StageSeriesRow,
  stageSeries,
  stageTable,
} from '../store/store.ts';
import { type ApiContext, rolledRange } from './api-context.ts';
import { stepSecondsOf } from './step-seconds.ts';
import { wholeNs } from './whole-ns.ts';

interface LatencyQuery {
  from?: string | undefined;
  to?: string | undefined;
  producer?: string | undefined;
  subject?: string | undefined;
  consumer?: string | undefined;
  stage: StageOrTotal;
}

/** Divides that of the rollups. */
const HEAT_BINS_PER_DECADE = 8;
const STAGE_COUNT = STAGES.length + 1;
const ORDER: readonly StageOrTotal[] = [...STAGES, 'total'];

/** GET /api/v1/latency */
export async function getLatency(
  context: ApiContext,
  query: LatencyQuery,
): Promise<LatencyResponse> {
  const bounds = await rolledRange(context, query);
  const { producer, subject, consumer, stage } = query;
  const path = { ...bounds, producer, subject, consumer };
  const stepSeconds = stepSecondsOf(bounds);
  const steps = Math.ceil(Number(bounds.to - bounds.from) / 1e9 / stepSeconds) + 1;
  const [table, series] = await Promise.all([
    stageTable(context.database, path),
    stageSeries(context.database, {
      ...path,
      stepSeconds,
      heatOf: stage,
      limit: steps * STAGE_COUNT,
    }),
  ]);
  return {
    from: String(bounds.from),
    to: String(bounds.to),
    stages: figures(table.filter((row) => row.is_first === 1)),
    redeliveries: figures(table.filter((row) => row.is_first === 0)),
    step: `${stepSeconds}000000000`,
    series: seriesView(series),
    heat: { stage, binsPerDecade: HEAT_BINS_PER_DECADE, cells: series.flatMap(cellsOf) },
  };
}

function figures(rows: readonly StageRow[]): StageFigures[] {
  const whole = rows.reduce((sum, row) => (row.stage === 'total' ? sum : sum + Number(row.sum)), 0);
  return rows
    .toSorted((a, b) => ORDER.indexOf(a.stage) - ORDER.indexOf(b.stage))
    .map((row) => ({
      stage: row.stage,
      count: Number(row.count),
      average: wholeNs(row.avg),
      p50: wholeNs(row.p50),
      p90: wholeNs(row.p90),
      p99: wholeNs(row.p99),
      max: row.max,
      share: row.stage === 'total' || whole === 0 ? null : Number(row.sum) / whole,
      provenance: {
        measured: Number(row.measured),
        derived: Number(row.derived),
        adjusted: Number(row.adjusted),
      },
    }));
}

/** A stage that only some attempts have counts 0 for the others: only then do the stages add up. */
function seriesView(rows: readonly StageSeriesRow[]): LatencyResponse['series'] {
  return [...Map.groupBy(rows, ({ time }) => time)].map(([time, stages]) => {
    const total = stages.find(({ stage }) => stage === 'total');
    const count = Number(total?.count ?? 0);
    const averages = stages.map(
      (row) => [row.stage, wholeNs((row.avg * Number(row.count)) / Math.max(count, 1))] as const,
    );
    return { time, count, averages: Object.fromEntries(averages), p99: wholeNs(total?.p99 ?? 0) };
  });
}

/** Cells of one step; empty ones are left out. */
function cellsOf({ time, bins, bin_counts }: StageSeriesRow): LatencyResponse['heat']['cells'] {
  const counts = new Map<number, number>();
  for (const [index, fine] of bins.entries()) {
    const bin = Math.floor((fine * HEAT_BINS_PER_DECADE) / BINS_PER_DECADE);
    counts.set(bin, (counts.get(bin) ?? 0) + Number(bin_counts[index]));
  }
  return [...counts].map(([bin, count]) => ({ time, bin, count }));
}
