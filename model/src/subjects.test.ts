import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isInternalSubject, isPattern, subjectMatches, subjectPattern } from './subjects.ts';

test('wildcards match as nats-server matches them', () => {
  const f = (pattern: string, subject: string, expected: boolean) =>
    assert.equal(subjectMatches(pattern, subject), expected, `${pattern} ~ ${subject}`);
  f('orders.created', 'orders.created', true);
  f('orders.created', 'orders.create', false);
  f('orders.*', 'orders.created', true);
  f('orders.*', 'orders', false);
  f('orders.*', 'orders.eu.created', false);
  f('*.created', 'orders.created', true);
  f('orders.>', 'orders.eu.created', true);
  f('orders.>', 'orders', false);
  f('>', 'orders', true);
  f('orders.>.created', 'orders.eu.created', false);
  f('orders.>', 'orders.*', true);
  f('orders.*', 'orders.>', false);
});

test('every subject matches itself and >', () => {
  const token = fc.stringMatching(/^[a-z0-9_-]{1,12}$/);
  fc.assert(
    fc.property(fc.array(token, { minLength: 1, maxLength: 8 }), (tokens) => {
      const subject = tokens.join('.');
      assert.ok(subjectMatches(subject, subject));
      assert.ok(subjectMatches('>', subject));
      assert.ok(subjectMatches(tokens.map(() => '*').join('.'), subject));
    }),
  );
});

test('tokens that vary collapse; words do not', () => {
  const f = (subject: string, expected: string) => assert.equal(subjectPattern(subject), expected);
  f('orders.created', 'orders.created');
  f('orders.4711.created', 'orders.*.created');
  f('orders.order-4711.created', 'orders.*.created');
  f('tenant.3f2504e0-4f89-11d3-9a0c-0305e82c3301.jobs', 'tenant.*.jobs');
  f('jobs.01ARZ3NDEKTSV4RRFFQ69G5FAV', 'jobs.*');
  f('blobs.9b2f44d1aa', 'blobs.*');
  f('regions.eu1.orders', 'regions.eu1.orders');
  f('v2.orders', 'v2.orders');
  f('deadbeef.cafe', 'deadbeef.cafe');
  f('_INBOX.abc.def', '_INBOX.>');
});

test('collapsing is idempotent and keeps the number of tokens', () => {
  const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/);
  fc.assert(
    fc.property(fc.array(token, { minLength: 1, maxLength: 6 }), (tokens) => {
      const pattern = subjectPattern(tokens.join('.'));
      assert.equal(pattern.split('.').length, tokens.length);
      assert.equal(subjectPattern(pattern), pattern);
    }),
  );
});

test('internal subjects and patterns are told apart from ordinary ones', () => {
  assert.ok(isInternalSubject('$JS.API.STREAM.INFO.X'));
  assert.ok(isInternalSubject('_INBOX.a.b'));
  assert.ok(!isInternalSubject('$KV.bucket.key'));
  assert.ok(isPattern('orders.*') && isPattern('orders.>') && !isPattern('orders.a*'));
});
