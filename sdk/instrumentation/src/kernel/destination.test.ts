import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  batchDestination,
  destinationOf,
  isInbox,
  isQuietDelivery,
  isQuietSend,
} from './destination.ts';

test('the template is the subscription where it is a pattern, else the subject with its ids collapsed', () => {
  assert.deepEqual(destinationOf('orders.4711.created', 'orders.>'), {
    name: 'orders.4711.created',
    template: 'orders.>',
    temporary: false,
  });
  assert.equal(destinationOf('orders.4711.created').template, 'orders.*.created');
  assert.equal(
    destinationOf('orders.4711.created', 'orders.4711.created').template,
    'orders.*.created',
  );
  assert.equal(destinationOf('orders.created', 'orders.created').template, undefined);
});

test('a batch has a subject only when its filter is one', () => {
  assert.deepEqual(batchDestination('orders.created', 'ORDERS'), {
    name: 'orders.created',
    temporary: false,
  });
  assert.deepEqual(batchDestination('orders.>', 'ORDERS'), {
    template: 'orders.>',
    temporary: false,
  });
  assert.deepEqual(batchDestination(undefined, 'ORDERS'), { template: 'ORDERS', temporary: false });
});

test('what NATS does for itself is quiet', () => {
  for (const subject of [
    '$JS.API.INFO',
    '$JS.ACK.a',
    '$JS.FC.x',
    '$SYS.REQ.USER.INFO',
    '$SRV.PING',
  ]) {
    assert.equal(isQuietSend(subject), true, subject);
    assert.equal(isQuietDelivery(subject, '_INBOX.'), true, subject);
  }
  assert.equal(isQuietSend('orders.created'), false);
  assert.equal(isQuietSend('$KV.config.a'), false);
  assert.equal(isQuietDelivery('$KV.config.a', '_INBOX.'), true);
  assert.equal(isQuietDelivery('mine.abc', 'mine.'), true);
  assert.equal(isInbox('mine.abc', 'mine.'), true);
  assert.equal(isInbox('_R_.abc', '_INBOX.'), true);
  assert.equal(isInbox('orders.created', '_INBOX.'), false);
});
