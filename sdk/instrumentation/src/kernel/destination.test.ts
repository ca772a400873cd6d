import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInbox, isQuietDelivery, isQuietSend } from './destination.ts';

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
