import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownServers } from './known-servers.ts';
import { emptyAnswer } from './monitoring-server.ts';

const URL = 'http://n1:8222';
const AT = 1_800_000_000_000;
const SECOND = 1000;

/** One server, asked at `nowMs` by its URL; `heartbeatMs` is the last one that was heard. */
function stateAt(known: KnownServers, nowMs: number, asked: { up: boolean; heartbeatMs: number }) {
  const { up, heartbeatMs } = asked;
  const error = up ? '' : 'connect ECONNREFUSED';
  const status = { url: URL, up, server: 'n1', version: '2.15.1', lastSuccess: null, error };
  const identity = { name: 'n1', id: 'N1', cluster: 'hub', version: '2.15.1' };
  const answer = { ...emptyAnswer(), identity: up ? (identity as never) : null };
  const signs = new Map([
    ['n1', { server: identity, heartbeatMs, announced: null, statsz: {} } as never],
  ]);
  return known.views([{ status, answer }], signs, nowMs)[0]!;
}

test('a crash: down once the heartbeat that is due has not come', () => {
  const known = new KnownServers();
  assert.equal(stateAt(known, AT, { up: true, heartbeatMs: AT }).state, 'up');
  const soon = stateAt(known, AT + 2 * SECOND, { up: false, heartbeatMs: AT });
  assert.equal(soon.state, 'monitoring lost');
  assert.match(soon.stateReason, /last heartbeat came 2 s ago.*ECONNREFUSED/);
  const later = stateAt(known, AT + 16 * SECOND, { up: false, heartbeatMs: AT });
  assert.deepEqual([later.state, later.stateReason], ['down', 'connect ECONNREFUSED']);
});

test('a URL that is lost while heartbeats go on arriving', () => {
  const known = new KnownServers();
  stateAt(known, AT, { up: true, heartbeatMs: AT });
  stateAt(known, AT + 2 * SECOND, { up: false, heartbeatMs: AT });
  // Late ones are heartbeats too: three missed ones are none.
  const lost = stateAt(known, AT + 30 * SECOND, { up: false, heartbeatMs: AT + 9 * SECOND });
  assert.equal(lost.state, 'monitoring lost');
  assert.match(lost.stateReason, /heartbeats arrive/);
  const dead = stateAt(known, AT + 45 * SECOND, { up: false, heartbeatMs: AT + 9 * SECOND });
  assert.equal(dead.state, 'down');
  // Back, and away again: what was heard in between says nothing of the second loss.
  stateAt(known, AT + 50 * SECOND, { up: true, heartbeatMs: AT + 50 * SECOND });
  const again = stateAt(known, AT + 70 * SECOND, { up: false, heartbeatMs: AT + 52 * SECOND });
  assert.equal(again.state, 'down');
});
