import type { Segment } from '../terminal-text.ts';
import { segment } from '../terminal-text.ts';

/** Beyond so many lines the table of the comparison would be too large: everything is shown as changed. */
const MAX_LINES = 2_000;

/** What differs between two texts, line by line: `-` only in the first, `+` only in the second. */
export function diffLines(before: string, after: string): Segment[][] {
  const [left, right] = [before.split('\n'), after.split('\n')];
  if (left.length > MAX_LINES || right.length > MAX_LINES) {
    return [...left.map(removed), ...right.map(added)];
  }
  const lengths = commonLengths(left, right);
  const lines: Segment[][] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && left[i] === right[j]) {
      lines.push([segment(`  ${left[i]}`, 'dim')]);
      [i, j] = [i + 1, j + 1];
    } else if (i < left.length && (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? -1)) {
      lines.push(removed(left[i++] as string));
    } else {
      lines.push(added(right[j++] as string));
    }
  }
  return lines;
}

/** `[i][j]`: how many lines are common behind line i of the one and line j of the other. */
function commonLengths(left: string[], right: string[]): number[][] {
  const table = Array.from({ length: left.length + 1 }, () =>
    new Array<number>(right.length + 1).fill(0),
  );
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const [row, below] = [table[i] as number[], table[i + 1] as number[]];
    for (let j = right.length - 1; j >= 0; j -= 1) {
      row[j] =
        left[i] === right[j]
          ? (below[j + 1] as number) + 1
          : Math.max(below[j] as number, row[j + 1] as number);
    }
  }
  return table;
}

const removed = (line: string): Segment[] => [segment(`- ${line}`, 'bad')];
const added = (line: string): Segment[] => [segment(`+ ${line}`, 'good')];
