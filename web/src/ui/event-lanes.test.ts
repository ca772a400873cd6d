import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barsAt, lanesOf } from './event-lanes.ts';
import { distinctMarkers, type ToldEvent } from './event-words.ts';
import { pointAt } from './line-geometry.ts';

const event = (change: Partial<ToldEvent>): ToldEvent => ({
  time: '1700000000000000000',
  kind: 'max_deliver',
  server: '',
  connection: '',
  service: '',
  consumer: 'payment',
  streamSequence: '4711',
  deliveries: 5,
  reason: '',
  ...change,
});

test('an event says of whom and of what it tells; replicas that tell the same are one', () => {
  const leader = event({ kind: 'leader_elected', streamSequence: null, deliveries: null });
  const markers = distinctMarkers([
    event({}),
    event({}),
    event({ streamSequence: '4712' }),
    leader,
  ]);
  assert.deepEqual(
    markers.map(({ label }) => label),
    [
      'Max deliver: payment, message 4711, delivered 5 times',
      'Max deliver: payment, message 4712, delivered 5 times',
      'Leader elected: payment',
    ],
  );
});

const TIMELINE = {
  step: '1000000000',
  counts: [
    { time: '10000000000', kind: 'nak', count: 3 },
    { time: '10000000000', kind: 'max_deliver', count: 2 },
    { time: '10000000000', kind: 'terminated', count: 7 },
    { time: '10000000000', kind: 'handler_failed', count: 5 },
    { time: '15000000000', kind: 'nak', count: 1 },
  ],
};

test('lanes by urgency, each part says what is in it, the most frequent first', () => {
  assert.deepEqual(
    lanesOf(TIMELINE).map(({ label, count, bars }) => [
      label,
      count,
      bars.map(({ words }) => words),
    ]),
    [
      ['service errors', 5, ['5 Handler failed']],
      ['failures', 9, ['7 Terminated, 2 Max deliver']],
      ['warnings', 4, ['3 Nak', '1 Nak']],
      ['changes', 0, []],
    ],
  );
  assert.deepEqual(
    lanesOf({ step: '1', counts: [] }).map(({ count }) => count),
    [0, 0, 0, 0],
  );
});

test('at a time: the part it falls into or beside, and nothing where nothing is near', () => {
  const lanes = lanesOf(TIMELINE);
  const said = (ms: number): string[] => barsAt(lanes, ms).map(({ bar }) => bar.words);
  assert.deepEqual(said(10_500), ['5 Handler failed', '7 Terminated, 2 Max deliver', '3 Nak']);
  assert.deepEqual(said(14_200), ['1 Nak']);
  assert.deepEqual(said(13_000), []);
});

test('the value at a time is the nearest one, and none in a gap', () => {
  const points = [0, 1, 2, 20, 21].map((x) => ({ x, y: x }));
  assert.equal(pointAt(points, 1.4)?.y, 1);
  assert.equal(pointAt(points, 11), undefined);
  assert.equal(pointAt([], 1), undefined);
});
