import type { Row, SpanTree } from './span-tree.ts';

/** A stretch of the critical path, in milliseconds since the tree's start. */
export interface CriticalPart {
  /** `wait`: its message lay in a queue, or was on its way, before the span began. */
  kind: 'work' | 'wait';
  fromMs: number;
  toMs: number;
}

export interface CriticalPath {
  /** By the key of the span's row, in order of time. */
  parts: ReadonlyMap<string, readonly CriticalPart[]>;
  workMs: number;
  waitMs: number;
}

interface Step {
  row: Row;
  above: Step | null;
  /** The latest end first. */
  below: Step[];
  /** How many of `below` ended too late already: time only runs back, so they stay out. */
  passed: number;
}

/**
 * What the end of the trace waited for, walked back from the span that ended last. Within a span it
 * goes to whichever child ended last before; at a span's start it goes on in the span above. A
 * consumer that starts after its producer ended is no break: the time between is a `wait`, and the
 * walk goes on where the producer ended. Server hops are points in time and take no part.
 */
export function criticalPath(tree: SpanTree): CriticalPath {
  const steps = stepsOf(tree);
  const parts = new Map<string, CriticalPart[]>();
  const sums = { work: 0, wait: 0 };
  const add = (row: Row, part: CriticalPart): void => {
    if (part.toMs <= part.fromMs) return;
    sums[part.kind] += part.toMs - part.fromMs;
    const known = parts.get(row.key);
    if (known) known.unshift(part);
    else parts.set(row.key, [part]);
  };
  let step: Step | null = lastOf(steps);
  let nowMs = step ? endOf(step.row) : 0;
  while (step) {
    const child = nextBelow(step, nowMs);
    if (child) {
      const childEndMs = endOf(child.row);
      const fromMs = Math.max(childEndMs, step.row.startMs);
      add(step.row, { kind: 'work', fromMs, toMs: nowMs });
      nowMs = childEndMs;
      step = child;
      continue;
    }
    const { row, above }: Step = step;
    add(row, { kind: 'work', fromMs: row.startMs, toMs: nowMs });
    nowMs = Math.min(nowMs, row.startMs);
    if (above && endOf(above.row) < nowMs) {
      add(row, { kind: 'wait', fromMs: endOf(above.row), toMs: nowMs });
      nowMs = endOf(above.row);
    }
    step = above;
  }
  return { parts, workMs: sums.work, waitMs: sums.wait };
}

const endOf = (row: Row): number => row.startMs + row.durationMs;

function stepsOf(tree: SpanTree): Step[] {
  const steps: Step[] = [];
  const open: Step[] = [];
  for (const row of tree.rows) {
    if (row.item.kind !== 'span') continue;
    while (open.length > 0 && (open.at(-1) as Step).row.depth >= row.depth) open.pop();
    const step: Step = { row, above: open.at(-1) ?? null, below: [], passed: 0 };
    step.above?.below.push(step);
    open.push(step);
    steps.push(step);
  }
  for (const { below } of steps) below.sort((a, b) => endOf(b.row) - endOf(a.row));
  return steps;
}

function lastOf(steps: readonly Step[]): Step | null {
  return steps.reduce<Step | null>(
    (last, step) => (last === null || endOf(step.row) > endOf(last.row) ? step : last),
    null,
  );
}

/** The child that ended last at or before `nowMs`; each is given once, so the walk ends. */
function nextBelow(step: Step, nowMs: number): Step | null {
  while (step.passed < step.below.length) {
    const child = step.below[step.passed] as Step;
    step.passed += 1;
    if (endOf(child.row) <= nowMs) return child;
  }
  return null;
}
