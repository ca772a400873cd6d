import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StageView } from '@hopline/model/api';
import { knownTotal, layoutStages } from './stage-layout.ts';

const stage = (name: StageView['name'], duration: string | null): StageView => ({
  name,
  duration,
  provenance: duration === null ? 'unknown' : 'measured',
});

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

test('the parts fill the bar, one after the other', () => {
  const segments = layoutStages([
    stage('send', '1000'),
    stage('queue', '7'),
    stage('process', '0'),
  ]);
  assert.ok(Math.abs(sum(segments.map(({ width }) => width)) - 1) < 1e-9);
  let left = 0;
  for (const segment of segments) {
    assert.ok(Math.abs(segment.left - left) < 1e-9);
    left += segment.width;
  }
});

test('a longer stage is wider, and none vanishes', () => {
  const [short, long] = layoutStages([stage('send', '1'), stage('queue', '30000000000')]);
  assert.ok(short && long && short.width < long.width);
  assert.ok(short.width > 0.01);
});

test('equal stages are equally wide', () => {
  const widths = layoutStages([stage('send', '5'), stage('process', '5')]).map((s) => s.width);
  assert.deepEqual(widths, [0.5, 0.5]);
});

test('an unknown stage has a width of its own; a negative one is a sliver', () => {
  const [known, unknown, negative] = layoutStages([
    stage('send', '1000'),
    stage('queue', null),
    stage('process', '-500'),
  ]);
  assert.ok(known && unknown && negative);
  assert.ok(unknown.width > negative.width && negative.width > 0);
  assert.ok(known.width > 0.9);
});

test('nothing known still fills the bar', () => {
  const segments = layoutStages([stage('transit', null)]);
  assert.deepEqual(
    segments.map(({ width }) => width),
    [1],
  );
  assert.deepEqual(layoutStages([]), []);
});

test('the known total leaves the unknown out and is unknown when all is', () => {
  assert.equal(knownTotal([stage('send', '5'), stage('queue', null), stage('process', '7')]), 12n);
  assert.equal(knownTotal([stage('queue', null)]), null);
  assert.equal(knownTotal([]), null);
});
