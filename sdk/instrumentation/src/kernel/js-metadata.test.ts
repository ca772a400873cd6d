import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAckSubject } from './js-metadata.ts';

const METADATA = {
  stream: 'ORDERS',
  consumer: 'payment',
  deliveryCount: 2,
  streamSequence: 4711,
  consumerSequence: 12,
  storeTimeNs: '1795354530102742836',
  pending: 3,
};
const TAIL = 'ORDERS.payment.2.4711.12.1795354530102742836.3';

test('the form without domain', () => {
  assert.deepEqual(parseAckSubject(`$JS.ACK.${TAIL}`), METADATA);
});

test('the form with domain and account, with and without the random token', () => {
  assert.deepEqual(parseAckSubject(`$JS.ACK.hub.ACC.${TAIL}`), { domain: 'hub', ...METADATA });
  assert.deepEqual(parseAckSubject(`$JS.ACK.hub.ACC.${TAIL}.r4nd`), { domain: 'hub', ...METADATA });
  assert.deepEqual(parseAckSubject(`$JS.ACK._.ACC.${TAIL}`), METADATA);
});

test('anything else is not the reply of a stream', () => {
  const others = [
    undefined,
    '',
    '_INBOX.a.b',
    '$JS.ACK.',
    `$JS.ACK.x.${TAIL}`,
    '$JS.ACK.a.b.c.d.e.f.g',
  ];
  for (const other of others) assert.equal(parseAckSubject(other), undefined, String(other));
});
