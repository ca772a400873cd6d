import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_SAVED, nameOf, parseSaved, withSaved } from './saved-filters.ts';

test('what was saved is read again, what is broken is dropped', () => {
  const saved = [{ name: 'poison', search: { outcome: 'dead-lettered', service: 'payment' } }];
  assert.deepEqual(parseSaved(JSON.stringify(saved)), saved);
  assert.deepEqual(parseSaved(null), []);
  assert.deepEqual(parseSaved('{'), []);
  assert.deepEqual(parseSaved('{"name":"a"}'), []);
  const mixed = '[null,{"name":""},{"name":"x","search":{"outcome":"eaten","subject":"a.>"}}]';
  assert.deepEqual(parseSaved(mixed), [{ name: 'x', search: { subject: 'a.>' } }]);
});

test('the same name is replaced, names are in order, and there is an end to them', () => {
  const one = withSaved([{ name: 'b', search: {} }], { name: 'a', search: {} });
  assert.deepEqual(
    one.map(({ name }) => name),
    ['a', 'b'],
  );
  const again = withSaved(one, { name: 'b', search: { text: 'x' } });
  assert.deepEqual(again[1], { name: 'b', search: { text: 'x' } });
  const many = Array.from({ length: MAX_SAVED }, (_, at) => ({ name: `f${at}`, search: {} }));
  assert.equal(withSaved(many, { name: 'one more', search: {} }).length, MAX_SAVED);
});

test('a filter names itself', () => {
  assert.equal(nameOf({ outcome: 'failed', subject: 'orders.>' }), 'failed orders.>');
  assert.equal(nameOf({ stage: 'queue', min: '500ms' }), 'queue ≥ 500ms');
  assert.equal(nameOf({ max: '2s' }), 'total < 2s');
});
