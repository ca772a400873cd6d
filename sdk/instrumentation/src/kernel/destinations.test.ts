import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Destinations } from './destinations.ts';

test('the template is the subscription where it is a pattern, else the subject with its ids collapsed', () => {
  const destinations = new Destinations();
  assert.deepEqual(destinations.of('orders.4711.created', 'orders.>'), {
    name: 'orders.4711.created',
    template: 'orders.>',
    temporary: false,
  });
  assert.equal(destinations.of('orders.4711.created').template, 'orders.*.created');
  assert.equal(
    destinations.of('orders.4711.created', 'orders.4711.created').template,
    'orders.*.created',
  );
  assert.equal(destinations.of('orders.created', 'orders.created').template, undefined);
});

test('a stream subject says where ids stand that do not look like ids', () => {
  const destinations = new Destinations();
  assert.equal(destinations.of('orders.acme.created').template, undefined);
  destinations.learnStream(['orders.*.created', 'payments.>', 'exact', 7]);
  assert.equal(destinations.of('orders.acme.created').template, 'orders.*.created');
  assert.equal(destinations.of('orders.acme.created', 'orders.>').template, 'orders.>');
  assert.equal(destinations.of('payments.taken').template, undefined, 'too coarse to name it by');
});

test('a rule of the user goes before everything, the first that matches before the others', () => {
  const destinations = new Destinations();
  destinations.learnStream(['orders.*.created']);
  assert.equal(destinations.of('orders.acme.created').template, 'orders.*.created');
  destinations.useRules(['orders.*.*', 'orders.>']);
  assert.equal(destinations.of('orders.acme.created').template, 'orders.*.*');
  assert.equal(destinations.of('orders.acme.created', 'orders.>').template, 'orders.*.*');
  assert.equal(destinations.of('orders.a.b.c').template, 'orders.>');
  assert.equal(destinations.of('payments.4711').template, 'payments.*');
});

test('ever new subjects do not grow it: answers are forgotten and found again', () => {
  const destinations = new Destinations();
  const first = destinations.of('a');
  assert.equal(destinations.of('a'), first);
  for (let i = 0; i < 5000; i += 1) destinations.of(`word${i}x`);
  assert.notEqual(destinations.of('a'), first);
  assert.deepEqual(destinations.of('a'), first);
});

test('a batch has a subject only when its filter is one', () => {
  const destinations = new Destinations();
  assert.deepEqual(destinations.ofBatch('orders.created', 'ORDERS'), {
    name: 'orders.created',
    temporary: false,
  });
  assert.deepEqual(destinations.ofBatch('orders.>', 'ORDERS'), {
    template: 'orders.>',
    temporary: false,
  });
  assert.deepEqual(destinations.ofBatch(undefined, 'ORDERS'), {
    template: 'ORDERS',
    temporary: false,
  });
});
