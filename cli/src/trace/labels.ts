import { type Segment, segment } from '../terminal-text.ts';

const LABEL_WIDTH = 9;

/** The word in front of a detail line; all of them are equally wide, so what follows is aligned. */
export const label = (word: string): Segment => segment(word.padEnd(LABEL_WIDTH), 'dim');
