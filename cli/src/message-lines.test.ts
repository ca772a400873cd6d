import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageSummary } from '@hopline/model/api';
import { messageLines } from './message-lines.ts';
import { paint, truncate } from './terminal-text.ts';

const MESSAGE = {
  traceId: '3331b02ed875e0d2fda9ec2d9e35cc2c',
  time: '1795780439380000000',
  subject: 'orders.created',
  producer: 'gateway',
  consumers: [{ service: 'payment' }, { service: 'notifications' }],
  total: '912000000',
  outcome: 'dead-lettered',
} as unknown as MessageSummary;

const linesAt = (width: number): string[] =>
  messageLines(MESSAGE, width).map((line) => paint(truncate(line, width), false));

test('a message is a line', () => {
  assert.deepEqual(linesAt(140), [
    '11:53:59.380  3331b02ed875e0d2fda9ec2d9e35cc2c    912 ms  dead-lettered  orders.created  gateway → payment, notifications',
  ]);
});

test('on a narrow terminal neither its fate nor its id is cut', () => {
  assert.deepEqual(linesAt(60), [
    '11:53:59.380    912 ms  dead-lettered  orders.created',
    '  3331b02ed875e0d2fda9ec2d9e35cc2c  gateway → payment, noti…',
  ]);
});
