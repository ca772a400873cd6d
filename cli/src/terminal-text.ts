import { stripVTControlCharacters, styleText } from 'node:util';

export type Style = 'plain' | 'strong' | 'dim' | 'good' | 'busy' | 'warning' | 'bad' | 'accent';

/** A piece of a line in one style. */
export interface Segment {
  text: string;
  style: Style;
}

const FORMATS: Record<Exclude<Style, 'plain'>, Parameters<typeof styleText>[0]> = {
  strong: 'bold',
  dim: 'dim',
  good: 'green',
  busy: 'cyan',
  warning: 'yellow',
  bad: ['bold', 'red'],
  accent: 'cyan',
};

/** A segment; control characters are taken out, whatever a message or a log may hold. */
export function segment(text: string, style: Style = 'plain'): Segment {
  const oneLine = stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
  return { text: oneLine, style };
}

/** Columns that the segments take in a terminal. */
export const widthOf = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { text }) => sum + [...text].length, 0);

/** At most `width` columns; what does not fit ends in an ellipsis. */
export function truncate(segments: readonly Segment[], width: number): Segment[] {
  if (widthOf(segments) <= width) return [...segments];
  const kept: Segment[] = [];
  let left = Math.max(0, width - 1);
  for (const { text, style } of segments) {
    const characters = [...text];
    kept.push({ text: characters.slice(0, left).join(''), style });
    left -= characters.length;
    if (left <= 0) break;
  }
  return [...kept, { text: '…', style: 'dim' }];
}

/** At most `width` columns; what does not fit is left out of the middle: names of one kind differ at their ends. */
export function cutMiddle(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  const end = Math.floor((width - 1) / 2);
  const start = width - 1 - end;
  return `${characters.slice(0, start).join('')}…${characters.slice(characters.length - end).join('')}`;
}

/** The text in lines of at most `width` columns, broken between words where a word is not longer itself. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

/** The text of a line, with or without colours. */
export function paint(segments: readonly Segment[], useColor: boolean): string {
  return segments
    .map(({ text, style }) =>
      useColor && style !== 'plain' && text !== ''
        ? styleText(FORMATS[style], text, { validateStream: false })
        : text,
    )
    .join('');
}
