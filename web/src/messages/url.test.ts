import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyProblem } from './key-words.ts';
import { filterOf, parseMessagesSearch } from './url.ts';

test('a valid address is taken as it stands', () => {
  const search = {
    service: 'payment',
    subject: 'orders.>',
    outcome: 'dead-lettered',
    text: '4711',
    key: '007',
    stream: 'ORDERS',
    sequence: '4711',
    attribute: 'order.id=a=b',
    stage: 'queue',
    min: '500ms',
    max: '2 s',
  };
  assert.deepEqual(parseMessagesSearch(search), search);
});

test('what is not valid is dropped and harms nothing', () => {
  assert.deepEqual(
    parseMessagesSearch({
      outcome: 'lost',
      stage: 'waiting',
      min: 5,
      service: 7,
      subject: '  ',
      text: [],
    }),
    {},
  );
  assert.equal(parseMessagesSearch({ text: 'x'.repeat(999) }).text?.length, 200);
  assert.deepEqual(parseMessagesSearch({ text: '  4711 ', other: 'x' }), { text: '4711' });
});

test('durations are typed with units and asked for in ns; what is none is left out', () => {
  assert.deepEqual(filterOf({ service: 'payment', stage: 'queue', min: '1.5s', max: '2m' }), {
    service: 'payment',
    stage: 'queue',
    min: '1500000000',
    max: '120000000000',
  });
  assert.deepEqual(filterOf({ min: 'long' }), {});
});

test('a sequence or an attribute that is none is left out, and said', () => {
  assert.deepEqual(filterOf({ stream: 'ORDERS', sequence: '12', attribute: 'a=b' }), {
    stream: 'ORDERS',
    sequence: '12',
    attribute: 'a=b',
  });
  assert.deepEqual(filterOf({ key: 'x', sequence: '12th', attribute: 'order.id=' }), { key: 'x' });
  assert.deepEqual(filterOf({ stream: 'ORDERS', consumer: 'payment' }), {
    stream: 'ORDERS',
    consumer: 'payment',
  });
  assert.deepEqual(filterOf({ consumer: 'payment' }), {});
  assert.match(keyProblem({ consumer: 'payment' }), /stream/);
  assert.match(keyProblem({ stream: 'ORDERS', sequence: '12th' }), /no sequence/);
  assert.match(keyProblem({ attribute: 'order.id=' }), /name=value/);
  assert.equal(keyProblem({ stream: 'ORDERS', sequence: '12', attribute: 'a=b' }), '');
});
