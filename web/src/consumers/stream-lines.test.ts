import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResponseOf } from '@hopline/model/api';
import { ingestSeries, lagSeries, latencySeries } from './stream-lines.ts';

const EMPTY: ResponseOf<'stream'> = {
  from: '0',
  to: '60000000000',
  stream: null,
  points: [],
  step: '10000000000',
  subjects: [],
  consumers: [],
  latency: [],
};
const subject = (name: string): ResponseOf<'stream'>['subjects'][number] => ({
  subject: name,
  count: 1,
  points: [{ time: '20000000000', perSecond: 0.1 }],
});

test('a subject keeps its colour when another becomes the busiest', () => {
  const colours = (names: string[]): Record<string, string> =>
    Object.fromEntries(
      ingestSeries({ ...EMPTY, subjects: names.map(subject) }).map(({ label, colour }) => [
        label,
        colour,
      ]),
    );
  const before = colours(['orders.created', 'orders.shipped']);
  assert.deepEqual(colours(['orders.shipped', 'orders.created']), before);
  assert.notEqual(before['orders.created'], before['orders.shipped']);
});

test('what was counted over a step stands at its middle, a report at its time', () => {
  const [stored, created] = ingestSeries({
    ...EMPTY,
    points: [{ time: '20000000000', messages: 1, bytes: 1, ingestPerSecond: null }],
    subjects: [subject('orders.created')],
  });
  assert.deepEqual(stored?.points, [{ x: 20_000, y: null }]);
  assert.deepEqual(created?.points, [{ x: 25_000, y: 0.1 }]);
});

test('latency in seconds and in the colour of the service; an unknown lag stays unknown', () => {
  const time = '20000000000';
  const figures = { count: 1, p50: '1000000', p99: '2500000000' };
  const latency = [{ service: 'payment', ...figures, points: [{ time, ...figures }] }];
  assert.deepEqual(
    latencySeries({ ...EMPTY, latency }, (service) => `colour of ${service}`),
    [{ label: 'payment', colour: 'colour of payment', points: [{ x: 25_000, y: 2.5 }] }],
  );
  const points = [{ time, backlog: 3, deliveryLagSeconds: 1, completionLagSeconds: null }];
  const [lag] = lagSeries({ ...EMPTY, consumers: [{ consumer: 'payment', points }] });
  assert.deepEqual(lag?.points, [{ x: 20_000, y: null }]);
});
