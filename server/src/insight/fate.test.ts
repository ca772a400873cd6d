import assert from 'node:assert/strict';
import test from 'node:test';
import { unixNs } from '@hopline/model';
import {
  type AttemptFacts,
  consumerFate,
  subscriberFate,
  UNCONSUMED_AFTER_NS,
  unclaimedFate,
} from './fate.ts';
import { hopTree } from './hops.ts';
import { advisoryRow, at, hopRow, processRow, publishRow, settleRow } from './rows-fixture.ts';

const attempt = (
  number: number,
  disposition: string,
  status: 'OK' | 'ERROR' = 'OK',
): AttemptFacts => ({
  number,
  handler: processRow({ startMs: number, status, status_message: status === 'OK' ? '' : 'boom' }),
  settlement: disposition === '' ? undefined : settleRow({ startMs: number, disposition }),
});

const CASES: [string, AttemptFacts[], string, RegExp][] = [
  ['acked', [attempt(1, 'ack')], 'processed', /first attempt/],
  ['confirmed', [attempt(1, 'ack_confirmed')], 'processed', /first attempt/],
  ['acked though it failed', [attempt(1, 'ack', 'ERROR')], 'failed', /boom.*yet was acked/],
  ['nak then ack', [attempt(1, 'nak', 'ERROR'), attempt(2, 'ack')], 'redelivered', /1 time, then/],
  ['only the third is known', [attempt(3, 'ack')], 'redelivered', /2 times.*attempt 3/],
  ['nak without an error', [attempt(1, 'nak')], 'in-flight', /waits for redelivery/],
  ['nak with an error', [attempt(1, 'nak', 'ERROR')], 'failed', /boom/],
  ['term', [attempt(1, 'term')], 'terminated', /term at attempt 1/],
  ['working', [attempt(1, 'in_progress')], 'in-flight', /more time/],
  ['no settlement', [attempt(1, '')], 'processed', /no ack was seen/],
  ['no settlement, error', [attempt(1, '', 'ERROR')], 'failed', /boom/],
];
for (const [name, attempts, fate, words] of CASES) {
  test(`JetStream: ${name}`, () => {
    const verdict = consumerFate(attempts, []);
    assert.equal(verdict.fate, fate);
    assert.match(verdict.evidence, words);
  });
}

test('an advisory outweighs what the handlers told', () => {
  const attempts = [attempt(1, 'nak', 'ERROR')];
  const dead = consumerFate(attempts, [advisoryRow({ kind: 'max_deliver', deliveries: 3 })]);
  assert.equal(dead.fate, 'dead-lettered');
  assert.match(dead.evidence, /MAX_DELIVERIES advisory at 2026-01-01T00:00:01.000000000Z after 3/);
  const ended = consumerFate(attempts, [advisoryRow({ kind: 'terminated', reason: 'no stock' })]);
  assert.deepEqual([ended.fate, /no stock/.test(ended.evidence)], ['terminated', true]);
  assert.equal(consumerFate(attempts, [advisoryRow({ kind: 'nak' })]).fate, 'failed');
});

test('the disposition on the handler stands in for a settle span', () => {
  const handler = processRow({ startMs: 1, disposition: 'term' });
  assert.equal(
    consumerFate([{ number: 1, handler, settlement: undefined }], []).fate,
    'terminated',
  );
});

test('core subscriber: processed or failed', () => {
  assert.equal(subscriberFate(processRow({ startMs: 1 })).fate, 'processed');
  assert.equal(subscriberFate(processRow({ startMs: 1, status: 'ERROR' })).fate, 'failed');
});

test('a message that nobody took: what is known decides', () => {
  const soon = { now: unixNs(at(1_000)), unconsumedAfterNs: UNCONSUMED_AFTER_NS };
  const later = { ...soon, now: unixNs(at(120_000)) };
  const publish = publishRow({ startMs: 0 });
  const stored = publishRow({ startMs: 0, stream: 'ORDERS', stream_seq: '7' });
  const seen = hopTree([hopRow({ timeMs: 0 })]);
  const fates = {
    'nobody told': unclaimedFate(publish, hopTree([]), later).fate,
    'servers had no subscriber': unclaimedFate(publish, seen, later).fate,
    'a hop is missing': unclaimedFate(
      publish,
      hopTree([hopRow({ timeMs: 0, expects: ['1'] })]),
      later,
    ).fate,
    'not handed on to an account': unclaimedFate(
      publish,
      hopTree([hopRow({ timeMs: 0, egresses: [{ kind: 'account', timeMs: 1, error: 'no' }] })]),
      later,
    ).fate,
    'handed on to an account': unclaimedFate(
      publish,
      hopTree([hopRow({ timeMs: 0, egresses: [{ kind: 'account', timeMs: 1 }] })]),
      later,
    ).fate,
    'just stored': unclaimedFate(stored, hopTree([]), soon).fate,
    'stored long ago': unclaimedFate(stored, hopTree([]), later).fate,
    'refused at the door': unclaimedFate(
      publish,
      hopTree([hopRow({ timeMs: 0, error: 'permission' })]),
      soon,
    ).fate,
    'no responders': unclaimedFate(
      publishRow({ startMs: 0, status: 'ERROR', error_type: '503' }),
      hopTree([]),
      soon,
    ).fate,
  };
  assert.deepEqual(fates, {
    'nobody told': 'unknown',
    'servers had no subscriber': 'dropped',
    'a hop is missing': 'unknown',
    'not handed on to an account': 'dropped',
    'handed on to an account': 'unknown',
    'just stored': 'in-flight',
    'stored long ago': 'unconsumed',
    'refused at the door': 'dropped',
    'no responders': 'dropped',
  });
});
