import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintSubject, type SubjectRules } from './index.ts';

const CASES: [subject: string, problems: string[], rules?: SubjectRules][] = [
  ['shop.order.created', []],
  ['shop.order.created.eu-west_1', []],
  ['', ['empty']],
  ['orders', ['tokens']],
  ['a.b.c.d.e.f.g.h.i', ['tokens']],
  ['shop..created', ['empty']],
  ['Shop.order.created', ['token']],
  ['shop.order created.x', ['token']],
  ['shop.*.created', ['wildcard']],
  ['shop.*.created', [], { use: 'subscribe' }],
  ['shop.>', [], { use: 'subscribe' }],
  ['shop.>.created', ['wildcard'], { use: 'subscribe' }],
  ['shop.or*.created', ['wildcard'], { use: 'subscribe' }],
  ['$JS.API.INFO', ['reserved']],
  ['_INBOX.abc.1', ['reserved']],
  [`shop.order.${'x'.repeat(41)}`, ['length']],
  ['shop.order.created', ['length'], { maxLength: 10 }],
  ['Shop.Order.Created', [], { token: /^[A-Z][a-z]+$/ }],
];

for (const [subject, expected, rules] of CASES) {
  test(`${JSON.stringify(subject)} ${rules ? JSON.stringify(rules) : ''}: ${expected}`, () => {
    assert.deepEqual(
      lintSubject(subject, rules).map(({ rule }) => rule),
      expected,
    );
  });
}
