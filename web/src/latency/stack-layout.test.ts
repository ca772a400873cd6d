import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LatencyResponse } from '@hopline/model/api';
import { highest, stackOf } from './stack-layout.ts';

const latency: LatencyResponse = {
  from: '1000000000',
  to: '11000000000',
  stages: [],
  redeliveries: [],
  step: '1000000000',
  series: [
    {
      time: '1000000000',
      count: 2,
      averages: { queue: '30', process: '90', total: '120' },
      p99: '200',
    },
    { time: '6000000000', count: 1, averages: { send: '10', queue: '-5', total: '10' }, p99: '10' },
  ],
  heat: { stage: 'total', binsPerDecade: 8, cells: [] },
};

test('stages pile up in the order of the journey, the total is not one of them', () => {
  const stack = stackOf(latency);
  assert.equal(stack.maxNs, 150);
  assert.deepEqual(stack.stages, ['send', 'queue', 'process']);
  const [first] = stack.piles;
  assert.deepEqual(
    first!.parts.map(({ stage, bottom, height }) => [stage, bottom, height]),
    [
      ['queue', 0, 0.2],
      ['process', 0.2, 0.6],
    ],
  );
});

test('a step stands where its time is; steps without a delivery stay empty', () => {
  const { piles } = stackOf(latency);
  assert.equal(piles.length, 2);
  assert.deepEqual([piles[0]!.left, piles[0]!.width], [0, 0.1]);
  assert.ok(Math.abs(piles[1]!.left - 0.5) < 1e-9);
});

test('a negative average takes no room, and two pictures can share a scale', () => {
  const { piles } = stackOf(latency, 1000);
  assert.equal(piles[1]!.parts.find(({ stage }) => stage === 'queue')!.height, 0);
  assert.ok(Math.abs(piles[0]!.parts[1]!.height - 0.09) < 1e-9);
  assert.equal(highest({ ...latency, series: [] }), 1);
});
