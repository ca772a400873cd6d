import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  ConversationMessage,
  ConversationResponse,
  ConversationTrace,
} from '@hopline/model/api';
import { storyOf } from './story.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);

const message = (
  traceId: string,
  name: string,
  more: Partial<ConversationMessage> = {},
): ConversationMessage => ({
  id: `${traceId}-${name}`,
  traceId,
  time: '1000000000',
  subject: name,
  subjectPattern: name,
  producer: 'shop',
  consumers: [],
  total: null,
  outcome: 'processed',
  stream: '',
  streamSequence: '',
  messageKey: '',
  sizeBytes: null,
  isRequest: false,
  causedBy: null,
  ...more,
});

const trace = (traceId: string, more: Partial<ConversationTrace> = {}): ConversationTrace => ({
  traceId,
  start: '1000000000',
  duration: '1000000000',
  name: 'POST',
  services: ['shop'],
  spans: 2,
  errors: 0,
  messages: 1,
  continues: [],
  ...more,
});

const conversation = (
  traces: ConversationTrace[],
  messages: ConversationMessage[],
): ConversationResponse => ({
  traceId: A,
  start: '1000000000',
  duration: '10000000000',
  traces,
  spans: [],
  messages,
  truncated: false,
});

test('a chapter says which message it goes on from, and how long that one waited', () => {
  const [first, second] = storyOf(
    conversation(
      [trace(A), trace(B, { start: '9000000000', continues: [`${A}-gone`, `${A}-order`] })],
      [message(A, 'order', { time: '1500000000' }), message(B, 'parcel')],
    ),
  );
  assert.equal(first?.from, null);
  assert.equal(first?.waitedNs, null);
  assert.equal(second?.from?.subject, 'order');
  assert.equal(second?.waitedNs, 7_500_000_000n);
  assert.deepEqual([first?.left, first?.width], [0, 0.1]);
  assert.deepEqual([second?.left, second?.width], [0.8, 0.1]);
});

test('messages stand under what caused them, in order of time', () => {
  const [chapter] = storyOf(
    conversation(
      [trace(A)],
      [
        message(A, 'order'),
        message(A, 'charge', { causedBy: `${A}-order` }),
        message(A, 'label', { causedBy: `${A}-order` }),
        message(A, 'charged', { causedBy: `${A}-charge` }),
        message(A, 'other', { causedBy: `${B}-elsewhere` }),
      ],
    ),
  );
  assert.deepEqual(
    chapter?.lines.map((line) => `${line.depth} ${line.message.subject}`),
    ['0 order', '1 charge', '2 charged', '1 label', '0 other'],
  );
});

test('a circle of causes loses no message', () => {
  const [chapter] = storyOf(
    conversation(
      [trace(A)],
      [message(A, 'x', { causedBy: `${A}-y` }), message(A, 'y', { causedBy: `${A}-x` })],
    ),
  );
  assert.equal(chapter?.lines.length, 2);
});

test('a trace of no length, or outside of the whole, is still drawn inside', () => {
  for (const start of ['0', '99000000000']) {
    const [chapter] = storyOf(conversation([trace(A, { start, duration: '0' })], []));
    assert.ok(chapter && chapter.left >= 0 && chapter.width > 0);
    assert.ok(chapter.left + chapter.width <= 1);
  }
});
