import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { withoutStack } from './without-stack.ts';

const hasFrames = (error: Error): boolean => /\n\s+at /.test(error.stack ?? '');

test('errors made within have no stack, those made later or outside do', async () => {
  const limit = Error.stackTraceLimit;
  const later = withoutStack(async () => {
    const early = new Error('early');
    await setImmediate();
    return { early, late: new Error('late') };
  });
  assert.equal(Error.stackTraceLimit, limit);
  const { early, late } = await later;
  assert.deepEqual([hasFrames(early), hasFrames(late)], [false, true]);
});

test('the limit is as before when it throws', () => {
  const limit = Error.stackTraceLimit;
  assert.throws(
    () =>
      withoutStack(() => {
        throw new Error('within');
      }),
    /within/,
  );
  assert.equal(Error.stackTraceLimit, limit);
});

test('where the limit cannot be changed it runs all the same', () => {
  const { stackTraceLimit } = Error;
  Object.defineProperty(Error, 'stackTraceLimit', { writable: false });
  try {
    assert.ok(withoutStack(() => hasFrames(new Error('within'))));
  } finally {
    Object.defineProperty(Error, 'stackTraceLimit', { writable: true, value: stackTraceLimit });
  }
});
