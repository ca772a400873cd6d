import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brushOf, comparedRange, parseLatencySearch, pathOf, searchOfBrush } from './url.ts';

test('what is valid is kept, the rest is dropped', () => {
  const search = {
    producer: 'gateway',
    subject: 'orders.*.created',
    consumer: ' ',
    stage: 'queue',
    attempts: 'many',
    vs: 'before',
    sort: 'p99',
    at: '5',
    until: '4',
    min: '1',
  };
  assert.deepEqual(parseLatencySearch(search), {
    producer: 'gateway',
    subject: 'orders.*.created',
    stage: 'queue',
    vs: 'before',
    sort: 'p99',
  });
  assert.deepEqual(pathOf(parseLatencySearch(search)), {
    producer: 'gateway',
    subject: 'orders.*.created',
  });
  assert.deepEqual(parseLatencySearch({ stage: 'total', sort: 'rate' }), {});
});

test('a marked part survives the address', () => {
  const brush = { fromMs: 1000, toMs: 2000, minNs: 10n, maxNs: 20n };
  assert.deepEqual(brushOf(parseLatencySearch({ ...searchOfBrush(brush) })), brush);
  const open = { fromMs: 1000, toMs: 2000, minNs: 0n, maxNs: null };
  assert.deepEqual(brushOf(parseLatencySearch({ ...searchOfBrush(open) })), open);
  assert.equal(brushOf(parseLatencySearch({ ...searchOfBrush(null) })), null);
});

test('the range that is compared with is in the address too', () => {
  const search = parseLatencySearch({ vsFrom: '1000', vsTo: '2000' });
  assert.deepEqual(comparedRange(search), { kind: 'between', fromMs: 1000, toMs: 2000 });
  assert.equal(comparedRange(parseLatencySearch({ vsFrom: '1000' })), null);
});
