import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreUnavailable } from '../errors.ts';
import { Lane } from './lane.ts';

test('sessions go to those who waited longest', async () => {
  const lane = new Lane([7], 10);
  const order: string[] = [];
  const first = await lane.take(1000);
  const waiting = ['a', 'b'].map(async (name) => {
    const session = await lane.take(1000);
    order.push(name);
    lane.give(session);
    return session;
  });
  lane.give(first);
  assert.deepEqual(await Promise.all(waiting), [7, 7]);
  assert.deepEqual(order, ['a', 'b']);
});

test('too many waiters are turned away at once, one that waited too long later', async () => {
  const lane = new Lane([1], 1);
  const held = await lane.take(1000);
  const late = lane.take(5);
  await assert.rejects(lane.take(1000), StoreUnavailable);
  await assert.rejects(late, StoreUnavailable);
  // The place of the one that gave up is free again, and the session is not lost to it.
  const next = lane.take(1000);
  lane.give(held);
  assert.equal(await next, 1);
});

test('closing turns away who waits', async () => {
  const lane = new Lane([1], 5);
  await lane.take(1000);
  const waiting = lane.take(1000);
  lane.refuseAll('closed');
  await assert.rejects(waiting, /closed/);
});
