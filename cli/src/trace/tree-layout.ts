import { paint, type Segment, segment, truncate, widthOf } from '../terminal-text.ts';

/** One line of a branch. */
export interface TreeLine {
  text: Segment[];
  /** Set in a column of their own on the right: how long, how far. */
  figure?: Segment;
  /** Behind the figure: what became of it. */
  verdict?: Segment;
  /** More of the line; goes on below, under the end of `text`, where it does not fit. */
  items?: Segment[][];
}

/** A node with the lines that describe it and what hangs below. */
export interface Branch {
  lines: TreeLine[];
  children: Branch[];
}

export interface LayoutOptions {
  /** Columns of the terminal. */
  width: number;
  useColor: boolean;
}

const FIGURE_WIDTH = 10;
const VERDICT_WIDTH = 13;
const RIGHT_WIDTH = FIGURE_WIDTH + 2 + VERDICT_WIDTH;
/** Below this the tree is cut off rather than squeezed. */
const NARROWEST = 60;
const WIDEST = 120;
const ITEM_GAP = ' · ';

/** Draws branches as a tree, one text line an array element. */
export function layOutTree(roots: readonly Branch[], options: LayoutOptions): string[] {
  const width = Math.min(WIDEST, Math.max(NARROWEST, options.width));
  const rows: Segment[][] = [];
  for (const root of roots) drawBranch(root, { rows, width, first: '', rest: '' });
  return rows.map((row) => paint(trimEnd(row), options.useColor));
}

interface Pen {
  rows: Segment[][];
  width: number;
  /** In front of the branch's first line, and in front of everything below it. */
  first: string;
  rest: string;
}

function drawBranch(branch: Branch, pen: Pen): void {
  const below = pen.rest + (branch.children.length > 0 ? '│  ' : '   ');
  for (const [index, line] of branch.lines.entries()) {
    drawLine(line, { ...pen, first: index === 0 ? pen.first : below, rest: below });
  }
  for (const [index, child] of branch.children.entries()) {
    const isLast = index === branch.children.length - 1;
    drawBranch(child, {
      ...pen,
      first: `${pen.rest}${isLast ? '└─ ' : '├─ '}`,
      rest: `${pen.rest}${isLast ? '   ' : '│  '}`,
    });
  }
}

function drawLine(line: TreeLine, { rows, width, first, rest }: Pen): void {
  const hasRight = line.figure !== undefined || line.verdict !== undefined;
  const leftWidth = hasRight ? width - RIGHT_WIDTH - 2 : width;
  const text = [segment(first, 'dim'), ...line.text];
  const [head = [], ...more] = wrap(line.items ?? [], { start: widthOf(text), width: leftWidth });
  const left = truncate([...text, ...head], leftWidth);
  rows.push(hasRight ? [...left, ...right(line, leftWidth - widthOf(left) + 2)] : left);
  const indent = ' '.repeat(Math.max(0, widthOf(text) - rest.length));
  for (const items of more) {
    rows.push(truncate([segment(rest, 'dim'), segment(indent), ...items], leftWidth));
  }
}

function right(line: TreeLine, gap: number): Segment[] {
  const figure = line.figure ?? segment('');
  const pad = Math.max(1, gap + FIGURE_WIDTH - [...figure.text].length);
  return [segment(' '.repeat(pad)), figure, segment('  '), line.verdict ?? segment('')];
}

/** Fills rows with items, a dot between two; an item is never split. */
function wrap(
  items: readonly Segment[][],
  { start, width }: { start: number; width: number },
): Segment[][] {
  const rows: Segment[][] = [];
  let row: Segment[] = [];
  for (const item of items) {
    const joined = row.length === 0 ? item : [...row, segment(ITEM_GAP, 'dim'), ...item];
    if (row.length > 0 && start + widthOf(joined) > width) {
      rows.push(row);
      row = item;
    } else {
      row = joined;
    }
  }
  return row.length > 0 ? [...rows, row] : rows;
}

function trimEnd(row: readonly Segment[]): Segment[] {
  const kept = [...row];
  for (let last = kept.at(-1); last !== undefined; last = kept.at(-1)) {
    const text = last.text.trimEnd();
    kept.pop();
    if (text !== '') return [...kept, { ...last, text }];
  }
  return kept;
}
