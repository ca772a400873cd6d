import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessagesSearch } from './url.ts';

test('a valid address is taken as it stands', () => {
  const search = {
    service: 'payment',
    subject: 'orders.>',
    outcome: 'dead-lettered',
    text: '4711',
  };
  assert.deepEqual(parseMessagesSearch(search), search);
});

test('what is not valid is dropped and harms nothing', () => {
  assert.deepEqual(
    parseMessagesSearch({ outcome: 'lost', service: 7, subject: '  ', text: [] }),
    {},
  );
  assert.equal(parseMessagesSearch({ text: 'x'.repeat(999) }).text?.length, 200);
  assert.deepEqual(parseMessagesSearch({ text: '  4711 ', other: 'x' }), { text: '4711' });
});
