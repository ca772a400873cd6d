import { formatDuration } from '@hopline/model';
import type { StageFigures } from '@hopline/model/api';
import { type ListColumn, listTable } from '../list-table.ts';
import type { Segment } from '../terminal-text.ts';
import { PROVENANCE_MARKS } from '../trace/stage-words.ts';

/** A line for each stage; on a narrow terminal what is asked for least often goes first, P99 and average stay. */
export const stageLines = (stages: readonly StageFigures[], width: number): Segment[][] =>
  listTable(COLUMNS, stages, { width });

/** The least certain of the ways in which the values were got. */
export const markOf = ({ provenance }: StageFigures): string => {
  if (provenance.adjusted > 0) return PROVENANCE_MARKS.adjusted;
  return provenance.derived > 0 ? PROVENANCE_MARKS.derived : PROVENANCE_MARKS.measured;
};

const figure = (
  heading: string,
  of: (figures: StageFigures) => string,
  goes?: number,
): ListColumn<StageFigures> => ({
  key: heading,
  heading,
  isNumber: true,
  text: of,
  sortValue: of,
  ...(goes === undefined ? {} : { goes }),
});

const time =
  (name: 'average' | 'p50' | 'p90' | 'p99' | 'max') =>
  (figures: StageFigures): string =>
    formatDuration(BigInt(figures[name]));

const COLUMNS: readonly ListColumn<StageFigures>[] = [
  {
    key: 'stage',
    heading: 'stage',
    text: (figures) => `${figures.stage}${markOf(figures)}`,
    style: ({ stage }) => (stage === 'total' ? 'strong' : 'plain'),
    sortValue: ({ stage }) => stage,
  },
  figure('count', ({ count }) => String(count), 3),
  figure('average', time('average')),
  figure('P50', time('p50'), 2),
  figure('P90', time('p90'), 5),
  figure('P99', time('p99')),
  figure('max', time('max'), 4),
  figure('share', ({ share }) => (share === null ? '' : `${Math.round(share * 100)} %`), 1),
];
