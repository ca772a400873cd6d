import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openingView } from './opening-view.ts';

const BOUNDS = { x: -20, y: 10, width: 1800, height: 400 };
const WHOLE = { x: 1, y: 2, zoom: 0.35 };

test('all of the map where there is room, however small that makes it', () => {
  assert.equal(openingView(WHOLE, BOUNDS, { width: 1000, height: 800 }), WHOLE);
});

test('a narrow place opens at the left, large enough to be read, in the middle of its height', () => {
  const { x, y, zoom } = openingView(WHOLE, BOUNDS, { width: 630, height: 800 });
  assert.ok(zoom > 0.6);
  assert.equal(Math.round(BOUNDS.x * zoom + x), 14);
  assert.equal(Math.round((BOUNDS.y + BOUNDS.height / 2) * zoom + y), 400);
});

test('what is higher than the place begins at its top; what is legible as a whole stays whole', () => {
  const high = { ...BOUNDS, height: 4000 };
  const { y, zoom } = openingView(WHOLE, high, { width: 630, height: 800 });
  assert.equal(Math.round(high.y * zoom + y), 14);
  const small = { ...WHOLE, zoom: 0.8 };
  assert.equal(openingView(small, BOUNDS, { width: 630, height: 800 }), small);
});
