import { STAGES, type StageName } from '@hopline/model';
import type { LatencyResponse } from '@hopline/model/api';
import { msOf } from '../ui/unix-ms.ts';
import { valueAxis } from '../ui/value-axis.ts';

/** One step of time as a pile of stages. Heights and offsets are fractions of the picture's height. */
export interface Pile {
  time: string;
  left: number;
  width: number;
  count: number;
  p99: string;
  parts: readonly { stage: StageName; ns: string; bottom: number; height: number }[];
}

export interface Stack {
  /** The top of the picture, ns; a round number above the highest pile. */
  maxNs: number;
  stages: readonly StageName[];
  piles: readonly Pile[];
}

/** Average time of every stage, piled up, step by step. Steps without a delivery stay empty. */
export function stackOf(latency: LatencyResponse, maxNs = highest(latency)): Stack {
  const fromMs = msOf(latency.from);
  const lengthMs = msOf(latency.to) - fromMs || 1;
  const stepMs = Number(latency.step) / 1e6;
  const seen = new Set<StageName>();
  const piles = latency.series.map(({ time, count, averages, p99 }): Pile => {
    let bottom = 0;
    const parts = STAGES.flatMap((stage) => {
      const ns = averages[stage];
      if (ns === undefined) return [];
      seen.add(stage);
      // A stage that the clocks make negative takes no room; the table tells its value.
      const height = Math.max(0, Number(ns)) / maxNs;
      const part = { stage, ns, bottom, height };
      bottom += height;
      return [part];
    });
    const start = Math.max(0, (msOf(time) - fromMs) / lengthMs);
    const end = Math.min(1, (msOf(time) + stepMs - fromMs) / lengthMs);
    return { time, left: start, width: Math.max(0, end - start), count, p99, parts };
  });
  return { maxNs, stages: STAGES.filter((stage) => seen.has(stage)), piles };
}

/** A round number at or above the highest pile; the same top makes two pictures comparable. */
export function highest(latency: LatencyResponse): number {
  const sums = latency.series.map(({ averages }) =>
    STAGES.reduce((sum, stage) => sum + Math.max(0, Number(averages[stage] ?? 0)), 0),
  );
  const top = Math.max(0, ...sums);
  return top === 0 ? 1 : Math.round(valueAxis(top / 1e9, 'seconds').max * 1e9);
}
