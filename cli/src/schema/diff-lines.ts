import { lineDiff } from '@hopline/model';
import type { Segment } from '../terminal-text.ts';
import { segment } from '../terminal-text.ts';

const SIGNS = {
  same: (text: string) => segment(`  ${text}`, 'dim'),
  removed: (text: string) => segment(`- ${text}`, 'bad'),
  added: (text: string) => segment(`+ ${text}`, 'good'),
};

/** What differs between two texts, line by line: `-` only in the first, `+` only in the second. */
export function diffLines(before: string, after: string): Segment[][] {
  return lineDiff(before, after).map(({ kind, text }) => [SIGNS[kind](text)]);
}
