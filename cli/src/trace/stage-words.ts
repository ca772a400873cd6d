import { type Fate, formatDuration } from '@hopline/model';
import type { StageView } from '@hopline/model/api';
import { type Segment, type Style, segment } from '../terminal-text.ts';

const FATE_STYLE: Record<Fate, Style> = {
  processed: 'good',
  delivered: 'dim',
  redelivered: 'warning',
  'in-flight': 'busy',
  unknown: 'dim',
  unconsumed: 'warning',
  failed: 'bad',
  terminated: 'bad',
  dropped: 'bad',
  expired: 'bad',
  'dead-lettered': 'bad',
};

/** Behind a figure that is not simply the difference of two readings of one clock. */
export const PROVENANCE_MARKS = {
  measured: '',
  derived: '~',
  adjusted: '*',
  unknown: '',
} as const;

export const PROVENANCE_LEGEND = {
  '~': 'between two clocks, offset corrected',
  '*': 'the clocks disagreed: adjusted, the raw figure is in --json',
  '?': 'unknown',
} as const;

export const fateWord = (fate: Fate): Segment => segment(fate, FATE_STYLE[fate]);

/** `queue 1.2 ms`; `transit 3 ms (send+broker+deliver)` where stages could not be told apart. */
export function stageWords(stage: StageView): Segment[] {
  const figure =
    stage.duration === null
      ? '?'
      : formatDuration(BigInt(stage.duration)) + PROVENANCE_MARKS[stage.provenance];
  const merged = stage.merged && stage.merged.length > 0 ? ` (${stage.merged.join('+')})` : '';
  return [segment(`${stage.name} `, 'dim'), segment(figure), segment(merged, 'dim')];
}
