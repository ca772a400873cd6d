import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Server } from '@nats-io/transport-node';
import { ReconnectGaveUp } from '../errors.ts';
import { exponentialFullJitter } from './backoff.ts';
import { Outage, type OutageOptions } from './outage.ts';

const POOL = ['a:1', 'b:1', 'c:1'].map((listen) => ({ listen }) as Server);

function outage(options: Partial<OutageOptions> = {}) {
  const clock = { nowMs: 1_000_000 };
  const value = new Outage({
    backoff: exponentialFullJitter({ baseMs: 100, capMs: 1_000 }),
    maxAttempts: Number.POSITIVE_INFINITY,
    stableMs: 5_000,
    keepOrder: false,
    now: () => clock.nowMs,
    random: () => 0.999,
    ...options,
  });
  return { outage: value, clock, dial: () => value.next(POOL).attempt };
}

test('every server gets a chance, the lost one last, before any gets a second and a longer wait', () => {
  const { outage: o, clock, dial } = outage();
  dial();
  o.connected('a:1');
  clock.nowMs += 5_000;
  const dials = [1, 2, 3, 4, 5, 6].map(dial);
  assert.deepEqual(
    dials.map(({ server }) => server),
    ['b:1', 'c:1', 'a:1', 'b:1', 'c:1', 'a:1'],
  );
  assert.deepEqual(
    dials.map(({ delayMs }) => delayMs),
    [99, 99, 99, 199, 199, 199],
  );
});

test('only a connection that held resets the backoff', () => {
  const { outage: o, clock, dial } = outage();
  dial();
  o.connected('a:1');
  clock.nowMs += 4_999;
  assert.equal(dial().attempt, 2);
  o.connected('b:1');
  clock.nowMs += 5_000;
  assert.equal(dial().attempt, 1);
});

test('a server that shuts down is the last choice for two minutes', () => {
  const { outage: o, clock, dial } = outage();
  o.connected('a:1');
  o.lameDuck('b:1');
  assert.deepEqual(
    [dial(), dial(), dial()].map(({ server }) => server),
    ['c:1', 'a:1', 'b:1'],
  );
  o.connected('a:1');
  clock.nowMs += 120_000;
  assert.equal(dial().server, 'b:1');
});

test('with keepOrder the first of the list is preferred, however nats.js turned its pool', () => {
  const { outage: o, clock } = outage({ keepOrder: true });
  assert.equal(o.next(POOL).server.listen, 'a:1');
  o.connected('a:1');
  clock.nowMs += 5_000;
  assert.equal(o.next([...POOL].reverse()).server.listen, 'b:1');
});

test('the last error names what was tried, the newest hundred kept', () => {
  const { outage: o, dial } = outage({ maxAttempts: 150 });
  for (let n = 0; n < 150; n++) dial();
  o.failed(new Error('Authorization Violation'));
  assert.throws(dial, (error) => {
    assert.ok(error instanceof ReconnectGaveUp);
    assert.equal(error.attempts, 150);
    assert.equal(error.history.length, 100);
    assert.equal(error.history[0]?.attempt, 51);
    assert.equal(error.history.at(-1)?.error, 'Authorization Violation');
    assert.match(error.message, /a:1.*gave up after 150 attempts/);
    return true;
  });
});
