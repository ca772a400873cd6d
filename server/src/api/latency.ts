import { STAGES } from '@hopline/model';
import type { LatencyResponse, StageFigures, StageOrTotal } from '@hopline/model/api';
import {
  type HeatRow,
  type StageRow,
  type StageSeriesRow,
  stageHeat,
  stageSeries,
  stageTable,
} from '../store/store.ts';
import { type ApiContext, askedRange } from './api-context.ts';
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
const MAX_STEPS = 90n;
const SECOND_NS = 1_000_000_000n;
const STEPS_NS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400,
].map((seconds) => BigInt(seconds) * SECOND_NS);
const STAGE_COUNT = STAGES.length + 1;
/** More bins than durations up to a year can fill. */
const MAX_BINS = 17 * BINS_PER_DECADE;
const ORDER: readonly StageOrTotal[] = [...STAGES, 'total'];

/** GET /api/v1/latency */
export async function getLatency(
  context: ApiContext,
  query: LatencyQuery,
): Promise<LatencyResponse> {
  const bounds = askedRange(context, query);
  const { producer, subject, consumer, stage } = query;
  const path = { ...bounds, producer, subject, consumer };
  const stepNs = stepOf(bounds.to - bounds.from);
  const steps = Number((bounds.to - bounds.from) / stepNs) + 2;
  const binsPerDecade = BINS_PER_DECADE;
  const heat = { ...path, stage, stepNs, binsPerDecade, limit: steps * MAX_BINS };
  const [table, series, cells] = await Promise.all([
    stageTable(context.database, path),
    stageSeries(context.database, { ...path, stepNs, limit: steps * STAGE_COUNT }),
    stageHeat(context.database, heat),
  ]);
  return {
    from: String(bounds.from),
    to: String(bounds.to),
    stages: figures(table.filter((row) => row.is_first === 1)),
    redeliveries: figures(table.filter((row) => row.is_first === 0)),
    step: String(stepNs),
    series: seriesView(series),
    heat: { stage, binsPerDecade, cells: cells.map(cellView) },
  };
}

function stepOf(rangeNs: bigint): bigint {
  const fine = STEPS_NS.find((step) => rangeNs / step <= MAX_STEPS);
  return fine ?? (rangeNs / MAX_STEPS / SECOND_NS + 1n) * SECOND_NS;
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
