import { STAGES } from '@hopline/model';
import type { LatencyResponse, StageFigures, StageOrTotal } from '@hopline/model/api';
import {
  type HeatRow,
  type RolledBounds,
  type StageRow,
  type StageSeriesRow,
  stageHeat,
  stageSeries,
  stageTable,
} from '../store/store.ts';
import { type ApiContext, rolledRange } from './api-context.ts';
import { wholeNs } from './whole-ns.ts';

interface LatencyQuery {
  from?: string | undefined;
  to?: string | undefined;
  producer?: string | undefined;
  subject?: string | undefined;
  consumer?: string | undefined;
  stage: StageOrTotal;
}

const BINS_PER_DECADE = 8;
/** Steps of a range: at most so many, so that a picture has a pixel or more for each. */
const MAX_STEPS = 90;
const DAY_SECONDS = 86_400;
const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];
const STAGE_COUNT = STAGES.length + 1;
/** More bins than durations up to a year can fill. */
const MAX_BINS = 17 * BINS_PER_DECADE;
const ORDER: readonly StageOrTotal[] = [...STAGES, 'total'];

/** GET /api/v1/latency */
export async function getLatency(
  context: ApiContext,
  query: LatencyQuery,
): Promise<LatencyResponse> {
  const bounds = await rolledRange(context, query);
  const { producer, subject, consumer, stage } = query;
  const path = { ...bounds, producer, subject, consumer };
  const stepSeconds = stepOf(bounds);
  const steps = Math.ceil(Number(bounds.to - bounds.from) / 1e9 / stepSeconds) + 1;
  const binsPerDecade = BINS_PER_DECADE;
  const heat = { ...path, stage, stepSeconds, binsPerDecade, limit: steps * MAX_BINS };
  const [table, series, cells] = await Promise.all([
    stageTable(context.database, path),
    stageSeries(context.database, { ...path, stepSeconds, limit: steps * STAGE_COUNT }),
    stageHeat(context.database, heat),
  ]);
  return {
    from: String(bounds.from),
    to: String(bounds.to),
    stages: figures(table.filter((row) => row.is_first === 1)),
    redeliveries: figures(table.filter((row) => row.is_first === 0)),
    step: `${stepSeconds}000000000`,
    series: seriesView(series),
    heat: { stage, binsPerDecade, cells: cells.map(cellView) },
  };
}

/** Finer than a bucket of the rollups only for ranges that these do not answer. */
function stepOf({ from, to }: RolledBounds): number {
  const seconds = Number(to - from) / 1e9;
  const steps = seconds < 120 ? STEPS : STEPS.filter((step) => step >= 10);
  return (
    steps.find((step) => seconds / step <= MAX_STEPS) ??
    Math.ceil(seconds / MAX_STEPS / DAY_SECONDS) * DAY_SECONDS
  );
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

const cellView = ({ time, bin, count }: HeatRow) => ({ time, bin, count: Number(count) });
