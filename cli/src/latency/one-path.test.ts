import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PathSummary } from '@hopline/model/api';
import { onePath, pathName } from './one-path.ts';

const path = (producer: string, subject: string, consumer: string): PathSummary => ({
  producer,
  subject,
  consumer,
  deliveries: 1,
  redeliveries: 0,
  errors: 0,
  ratePerSecond: 1,
  total: null,
  slowest: null,
});

const PATHS = [
  path('gateway', 'orders.created', 'payment'),
  path('gateway', 'orders.created', 'notifications'),
  path('payment', 'payments.captured', 'inventory'),
];

const found = (...words: string[]): string => pathName(onePath(PATHS, words));

test('words anywhere in a path find it', () => {
  assert.equal(found('notif'), 'gateway → orders.created → notifications');
  assert.equal(found('gateway', 'orders.created', 'payment'), 'gateway → orders.created → payment');
});

test('whole names win over parts of names', () => {
  assert.throws(() => found('payment'), /which one is "payment"\?\n {2}gateway → orders.created/);
  assert.equal(found('payment', 'inventory'), 'payment → payments.captured → inventory');
});

test('what is ambiguous or unknown names the paths there are', () => {
  assert.throws(() => found('gateway'), /payment\n.*notifications/);
  assert.throws(() => found('nobody'), /cannot find a path for "nobody"\n {2}gateway/);
  assert.throws(() => onePath([], ['x']), /no path carried a message/);
});
