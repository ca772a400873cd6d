import type { StageView } from '@hopline/model/api';

export interface StageSegment {
  stage: StageView;
  /** Fractions of the bar; together the widths are 1. */
  left: number;
  width: number;
}

/** The least a stage gets, so that it can be seen and pointed at. */
const MIN_WIDTH = 0.012;
/** What a stage of unknown length gets: it is there, and nobody knows how long it took. */
const UNKNOWN_WIDTH = 0.06;

/**
 * One attempt's stages side by side. Widths are in proportion to the durations, except that none is
 * thinner than a sliver and unknown ones have a width of their own. A negative duration (clocks that
 * disagree) takes a sliver: it is told in words, not drawn backwards.
 */
export function layoutStages(stages: readonly StageView[]): StageSegment[] {
  if (stages.length === 0) return [];
  const fixed = stages.map((stage) => (stage.duration === null ? UNKNOWN_WIDTH : MIN_WIDTH));
  const free = Math.max(0, 1 - fixed.reduce((sum, width) => sum + width, 0));
  const lengths = stages.map((stage) => Math.max(0, Number(stage.duration ?? 0)));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const widths = fixed.map(
    (width, index) => width + (total === 0 ? 0 : (free * (lengths[index] ?? 0)) / total),
  );
  const scale = 1 / widths.reduce((sum, width) => sum + width, 0);
  let left = 0;
  return stages.map((stage, index) => {
    const width = (widths[index] ?? 0) * scale;
    const segment = { stage, left, width };
    left += width;
    return segment;
  });
}

/** The sum of what is known; null when nothing is. */
export function knownTotal(stages: readonly StageView[]): bigint | null {
  const known = stages.flatMap((stage) =>
    stage.duration === null ? [] : [BigInt(stage.duration)],
  );
  return known.length === 0 ? null : known.reduce((sum, length) => sum + length, 0n);
}
