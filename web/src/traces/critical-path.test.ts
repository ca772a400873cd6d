import assert from 'node:assert/strict';
import { test } from 'node:test';
import { criticalPath } from './critical-path.ts';
import type { Row, SpanTree } from './span-tree.ts';

type Line = [key: string, depth: number, startMs: number, endMs: number];

/** Rows as a tree gives them: depth first. What the walk does not read is left out. */
const treeOf = (lines: readonly Line[]): SpanTree => ({
  rows: lines.map(
    ([key, depth, startMs, endMs]): Row => ({
      key,
      depth,
      startMs,
      durationMs: endMs - startMs,
      descendants: 0,
      attachment: 'parent',
      isError: false,
      hasErrorBelow: false,
      item: { kind: 'span', span: {} as never },
    }),
  ),
  indexOf: new Map(),
  linkedFrom: new Map(),
  startNs: 0n,
  durationMs: 0,
});

const told = (lines: readonly Line[]): string[] =>
  [...criticalPath(treeOf(lines)).parts]
    .flatMap(([key, parts]) => parts.map((part) => ({ key, ...part })))
    .sort((a, b) => a.fromMs - b.fromMs)
    .map(({ key, kind, fromMs, toMs }) => `${key} ${kind} ${fromMs}-${toMs}`);

test('within a span it goes to the child that ended last, brothers one after the other', () => {
  const lines: Line[] = [
    ['root', 0, 0, 100],
    ['a', 1, 10, 40],
    ['b', 1, 45, 90],
    ['beside', 1, 20, 44],
  ];
  assert.deepEqual(told(lines), [
    'root work 0-20',
    'beside work 20-44',
    'root work 44-45',
    'b work 45-90',
    'root work 90-100',
  ]);
});

test('a consumer that starts after its producer ended waits, and the path goes on there', () => {
  const lines: Line[] = [
    ['request', 0, 0, 12],
    ['publish', 1, 4, 10],
    ['process', 2, 500, 520],
    ['late answer', 1, 11, 12],
  ];
  assert.deepEqual(told(lines), [
    'request work 0-4',
    'publish work 4-10',
    'process wait 10-500',
    'process work 500-520',
  ]);
  const { workMs, waitMs } = criticalPath(treeOf(lines));
  assert.deepEqual([workMs, waitMs], [30, 490]);
});

test('parts lie one after the other and cover everything up to the last end', () => {
  const lines: Line[] = [['root', 0, 0, 5]];
  for (let index = 1; index < 10_000; index += 1) {
    lines.push([`s${index}`, (index % 50) + 1, index, index + ((index * 7) % 13)]);
  }
  const { parts, workMs, waitMs } = criticalPath(treeOf(lines));
  const flat = [...parts.values()].flat().sort((a, b) => a.fromMs - b.fromMs);
  for (const [index, part] of flat.entries()) {
    if (index > 0) assert.equal(part.fromMs, flat[index - 1]!.toMs);
  }
  assert.equal(workMs + waitMs, flat.at(-1)!.toMs);
});

test('spans of no length and an empty trace end the walk', () => {
  assert.deepEqual(told([]), []);
  assert.deepEqual(
    told([
      ['root', 0, 0, 10],
      ['x', 1, 10, 10],
      ['y', 2, 10, 10],
    ]),
    ['root work 0-10'],
  );
});
