import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { throttle } from './throttle.ts';

test('at most one run an interval, and the last call is not lost', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let runs = 0;
  const throttled = throttle(() => {
    runs += 1;
  }, 1000);
  throttled.call();
  throttled.call();
  throttled.call();
  assert.equal(runs, 1);
  mock.timers.tick(999);
  assert.equal(runs, 1);
  mock.timers.tick(1);
  assert.equal(runs, 2);
  mock.timers.tick(5000);
  assert.equal(runs, 2);
  throttled.call();
  throttled.call();
  throttled.cancel();
  mock.timers.tick(5000);
  throttled.call();
  assert.equal(runs, 3);
  mock.timers.reset();
});

test('a slow action is waited for, and the interval starts when it ends', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let runs = 0;
  let finish = (): void => {};
  const throttled = throttle(() => {
    runs += 1;
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  }, 1000);
  throttled.call();
  throttled.call();
  mock.timers.tick(60_000);
  assert.equal(runs, 1);
  finish();
  await Promise.resolve();
  await Promise.resolve();
  mock.timers.tick(999);
  assert.equal(runs, 1);
  mock.timers.tick(1);
  assert.equal(runs, 2);
  throttled.cancel();
  mock.timers.reset();
});
