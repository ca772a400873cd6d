import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ancestorsOf, barOf, rulerTicks, visibleRows, zoomTo } from './layout.ts';
import type { Row, SpanTree } from './span-tree.ts';

/** A tree from depths alone: `[0, 1, 2, 1]`. */
function treeOf(depths: readonly number[]): SpanTree {
  const rows = depths.map((depth, index): Row => {
    const next = depths.findIndex((other, at) => at > index && other <= depth);
    return {
      key: String(index),
      depth,
      descendants: (next === -1 ? depths.length : next) - index - 1,
      startMs: 0,
      durationMs: 0,
      attachment: 'parent',
      isError: false,
      hasErrorBelow: false,
      item: {} as Row['item'],
    };
  });
  const indexOf = new Map(rows.map((row, index) => [row.key, index]));
  return { rows, indexOf, linkedFrom: new Map(), startNs: 0n, durationMs: 0 };
}

test('a folded row hides everything below it and nothing else', () => {
  const tree = treeOf([0, 1, 2, 2, 1, 0]);
  assert.deepEqual(visibleRows(tree, new Set()), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(visibleRows(tree, new Set(['1'])), [0, 1, 4, 5]);
  assert.deepEqual(visibleRows(tree, new Set(['0', '1'])), [0, 5]);
});

test('the rows above a row are found from the nearest to the root', () => {
  const tree = treeOf([0, 1, 2, 2, 1, 0]);
  assert.deepEqual(ancestorsOf(tree, 3), ['1', '0']);
  assert.deepEqual(ancestorsOf(tree, 5), []);
});

test('a bar stands in proportion and is cut at the edges of the view', () => {
  const view = { fromMs: 100, toMs: 200 };
  assert.deepEqual(barOf({ startMs: 125, durationMs: 50 }, view), {
    left: 0.25,
    width: 0.5,
    isInside: true,
  });
  assert.deepEqual(barOf({ startMs: 0, durationMs: 1000 }, view), {
    left: 0,
    width: 1,
    isInside: true,
  });
  assert.equal(barOf({ startMs: 300, durationMs: 5 }, view).isInside, false);
  assert.equal(barOf({ startMs: 0, durationMs: 50 }, view).isInside, false);
});

test('a bar in a view of no length has finite places', () => {
  const bar = barOf({ startMs: 0, durationMs: 0 }, { fromMs: 0, toMs: 0 });
  assert.ok(Number.isFinite(bar.left) && Number.isFinite(bar.width));
});

test('ticks are round, inside the view, and not more than asked for', () => {
  assert.deepEqual(rulerTicks({ fromMs: 0, toMs: 100 }, 5), [0, 20, 40, 60, 80]);
  assert.deepEqual(rulerTicks({ fromMs: 7, toMs: 12 }, 5), [7, 8, 9, 10, 11]);
  assert.deepEqual(rulerTicks({ fromMs: 5, toMs: 5 }, 5), []);
  for (const length of [0.0003, 0.7, 1, 99, 12_345, 9e7]) {
    const ticks = rulerTicks({ fromMs: 0, toMs: length }, 8);
    assert.ok(ticks.length >= 1 && ticks.length <= 9, `${ticks.length} ticks for ${length} ms`);
  }
});

test('zoom takes its two ends in any order and refuses to zoom to nothing', () => {
  const view = { fromMs: 0, toMs: 1000 };
  assert.deepEqual(zoomTo(view, [0.75, 0.25]), { fromMs: 250, toMs: 750 });
  assert.deepEqual(zoomTo(view, [-3, 0.5]), { fromMs: 0, toMs: 500 });
  assert.equal(zoomTo(view, [0.5, 0.5]), view);
});
