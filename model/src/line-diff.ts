export interface DiffedLine {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

/** Cells of the table of the comparison; past it what differs is shown as changed as a whole. */
const MAX_CELLS = 1_000_000;

/** What differs between two texts, line by line. */
export function lineDiff(before: string, after: string): DiffedLine[] {
  const [left, right] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < Math.min(left.length, right.length) && left[head] === right[head]) head += 1;
  let tail = 0;
  const most = Math.min(left.length, right.length) - head;
  while (tail < most && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  return [
    ...left.slice(0, head).map(same),
    ...middle(left.slice(head, left.length - tail), right.slice(head, right.length - tail)),
    ...left.slice(left.length - tail).map(same),
  ];
}

function middle(left: string[], right: string[]): DiffedLine[] {
  if ((left.length + 1) * (right.length + 1) > MAX_CELLS) {
    return [...left.map(removed), ...right.map(added)];
  }
  const lengths = commonLengths(left, right);
  const lines: DiffedLine[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && left[i] === right[j]) {
      lines.push(same(left[i] as string));
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
function commonLengths(left: string[], right: string[]): Uint32Array[] {
  const table = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const [row, below] = [table[i] as Uint32Array, table[i + 1] as Uint32Array];
    for (let j = right.length - 1; j >= 0; j -= 1) {
      row[j] =
        left[i] === right[j]
          ? (below[j + 1] as number) + 1
          : Math.max(below[j] as number, row[j + 1] as number);
    }
  }
  return table;
}

const same = (text: string): DiffedLine => ({ kind: 'same', text });
const removed = (text: string): DiffedLine => ({ kind: 'removed', text });
const added = (text: string): DiffedLine => ({ kind: 'added', text });
