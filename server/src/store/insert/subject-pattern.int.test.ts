import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subjectPattern } from '@hopline/model';
import fc from 'fast-check';
import { temporaryDatabase } from '../chdb/temporary-database.ts';
import { subjectPatternSql } from './subject-pattern.ts';

const TABLE = [
  '',
  '.',
  '..',
  'orders',
  'orders.created',
  'orders.4711.created',
  '1.2.3.4',
  '1..2',
  '.1.',
  'a.b.',
  'orders.550e8400-e29b-41d4-a716-446655440000.paid',
  'orders.deadbeef0',
  'orders.deadbeef',
  'orders.a1b2c3d4e5f6',
  'x.01ARZ3NDEKTSV4RRFFQ69G5FAV',
  'x.QVHZBKWVVJ2YXYUVLZPZJT',
  'order-4711',
  'order_99',
  'order4711.item12',
  '_INBOX.QVHZBKWVVJ2YXYUVLZPZJT.1',
  '_INBOX',
  'x._INBOX.1',
  '$JS.API.CONSUMER.MSG.NEXT.ORDERS.payment',
  'a.123\n.b',
  'a.\n123',
  'a.12\0.b',
  'größe.1.☃.22',
  'a.*.>',
];

/** Tokens near the rule's edges. */
const token = fc.oneof(
  fc.constantFrom(
    'orders',
    'created',
    '',
    '*',
    '>',
    '_INBOX',
    '-',
    '0',
    '12',
    'é',
    "'",
    '\\',
    '\n',
  ),
  fc.stringMatching(/^[0-9]{1,5}$/),
  fc.stringMatching(/^[A-Za-z]{1,4}[-_]?[0-9]{1,4}$/),
  fc.stringMatching(/^[0-9a-fA-F]{6,12}$/),
  fc.stringMatching(/^[0-9A-Z]{25,27}$/),
  fc.stringMatching(/^[0-9A-Za-z]{21,23}$/),
  fc.uuid(),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
);
const subject = fc.array(token, { maxLength: 7 }).map((tokens) => tokens.join('.'));

test('the engine and the model see the same pattern in every subject', async () => {
  await using store = await temporaryDatabase();
  const inEngine = async (subjects: readonly string[]): Promise<string[]> => {
    const rows = await store.database.query<{ pattern: string }>({
      sql: `SELECT ${subjectPatternSql('subject')} AS pattern FROM (SELECT arrayJoin({all:Array(String)}) AS subject)`,
      params: { all: subjects },
      tag: 'test',
      maxRows: 10_000,
      timeoutMs: 10_000,
    });
    return rows.map(({ pattern }) => pattern);
  };
  assert.deepEqual(await inEngine(TABLE), TABLE.map(subjectPattern));
  // Many subjects a question: the round trip costs far more than the rule.
  await fc.assert(
    fc.asyncProperty(fc.array(subject, { minLength: 50, maxLength: 200 }), async (subjects) => {
      assert.deepEqual(await inEngine(subjects), subjects.map(subjectPattern));
    }),
    { numRuns: 40 },
  );
});
