import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { headers } from '@nats-io/transport-node';
import { Recorder } from '../testing/recorder.ts';
import { fullJitterCeilingMs } from './backoff.ts';
import { connect, exponentialFullJitter, fixed, immediate, ReconnectGaveUp } from './index.ts';

const QUICK = { name: 'test', backoff: fixed({ delayMs: 20, jitterMs: 5 }), stableMs: 200 };

test('measured delays lie inside the bounds of full jitter, and use them', async () => {
  await using nats = await startNats({ jetstream: false });
  const recorder = new Recorder();
  const limits = { baseMs: 40, capMs: 320 };
  await using connection = await connect({
    ...QUICK,
    servers: nats.url,
    backoff: exponentialFullJitter(limits),
    onEvent: recorder.listen,
  });
  const dials: { atMs: number; delayMs: number; round: number }[] = [];
  connection.onEvent((event) => {
    if (event.type !== 'attempt') return;
    const { delayMs, attempt } = event.attempt;
    dials.push({ atMs: performance.now(), delayMs, round: attempt - 1 });
  });
  await waitFor(() => Date.now() - (recorder.of('attempt')[0]?.attempt.atMs ?? 0) > 200, {
    message: 'a stable connection',
  });
  await nats.kill();
  await waitFor(() => dials.length >= 12, { message: '12 dials' });
  for (const [index, dial] of dials.entries()) {
    assert.ok(dial.delayMs <= fullJitterCeilingMs(dial, limits), JSON.stringify(dial));
    const next = dials[index + 1];
    // The next dial is decided when this one failed: after its delay and a refused connection.
    if (next) assert.ok(next.atMs - dial.atMs >= dial.delayMs - 2, JSON.stringify([dial, next]));
  }
  const late = dials.filter((dial) => dial.round >= 3).map((dial) => dial.delayMs);
  assert.ok(Math.max(...late) - Math.min(...late) > 40, `spread: ${late}`);
  await nats.restart();
  await waitFor(() => connection.state === 'connected', { message: 'connected again' });
  assert.deepEqual(recorder.states, ['connected', 'reconnecting', 'connected']);
});

test('gives up after the attempts allowed, with the history, an alert and a closed state', async () => {
  await using nats = await startNats({ jetstream: false });
  const recorder = new Recorder();
  await using connection = await connect({
    ...QUICK,
    servers: nats.url,
    backoff: immediate({ pauseMs: 10 }),
    maxAttempts: 5,
    stableMs: 0,
    onEvent: recorder.listen,
  });
  await nats.kill();
  const reason = await connection.closed;
  assert.ok(reason instanceof ReconnectGaveUp, String(reason));
  assert.equal(reason.attempts, 5);
  assert.deepEqual(
    reason.history.map(({ attempt, delayMs }) => [attempt, delayMs]),
    [1, 2, 3, 4, 5].map((attempt) => [attempt, attempt === 1 ? 0 : 10]),
  );
  assert.equal(recorder.of('gave up').length, 1);
  assert.deepEqual(recorder.states, ['connected', 'reconnecting', 'closed']);
});

test('the first connection: tries the next server, rejects when there is none, waits when told', async () => {
  await using nats = await startNats({ jetstream: false });
  const nobody = 'nats://127.0.0.1:1';
  const first = await connect({ ...QUICK, servers: [nobody, nats.url], noRandomize: true });
  assert.equal(first.nc.getServer(), `127.0.0.1:${nats.port}`);
  assert.equal(first.history.length, 2);
  await first.close();
  await assert.rejects(connect({ ...QUICK, servers: nobody }), /connection refused/);
  await assert.rejects(
    connect({ ...QUICK, servers: nobody, waitOnFirstConnect: true, maxAttempts: 3 }),
    ReconnectGaveUp,
  );
  await nats.kill();
  const waiting = connect({ ...QUICK, servers: nats.url, waitOnFirstConnect: true });
  await nats.restart();
  await using connection = await waiting;
  assert.equal(connection.state, 'connected');
});

test('a frozen server is left after the heartbeats it did not answer', async () => {
  await using frozen = await startNats({ jetstream: false, name: 'frozen' });
  await using other = await startNats({ jetstream: false, name: 'other' });
  const recorder = new Recorder();
  await using connection = await connect({
    ...QUICK,
    servers: [frozen.url, other.url],
    noRandomize: true,
    heartbeat: { intervalMs: 100, maxUnanswered: 2 },
    dialTimeoutMs: 500,
    onEvent: recorder.listen,
  });
  assert.equal(connection.nc.info?.server_name, 'frozen');
  frozen.signal('SIGSTOP');
  try {
    await waitFor(
      () => connection.nc.info?.server_name === 'other' && connection.state === 'connected',
      {
        message: 'the other server',
      },
    );
  } finally {
    frozen.signal('SIGCONT');
  }
  assert.deepEqual(recorder.states, ['connected', 'reconnecting', 'connected']);
});

test('credentials are read anew at each dial, and the last ones serve when the source fails', async () => {
  const users = [
    { user: 'old', password: 'one' },
    { user: 'new', password: 'two' },
  ];
  await using nats = await startNats({ jetstream: false, users });
  const recorder = new Recorder();
  let source = () => ({ user: 'old', password: 'one' });
  await using connection = await connect({
    ...QUICK,
    servers: nats.url,
    credentials: () => source(),
    onEvent: recorder.listen,
  });
  const user = async () =>
    (await connection.nc.request('$SYS.REQ.USER.INFO')).json<{ data: { user: string } }>().data
      .user;
  assert.equal(await user(), 'old');

  // Refused more often than nats.js would bear, then rotated.
  source = () => ({ user: 'old', password: 'wrong' });
  await connection.reauthenticate();
  await waitFor(
    () => connection.history.filter(({ error }) => /Authorization/.test(error ?? '')).length > 3,
    {
      message: 'more than three refused logins in the history',
    },
  );
  source = () => ({ user: 'new', password: 'two' });
  await waitFor(() => connection.state === 'connected', {
    message: 'connected with new credentials',
  });
  assert.equal(await user(), 'new');

  source = () => {
    throw new Error('vault sealed');
  };
  await connection.reauthenticate();
  await waitFor(() => recorder.of('credentials failed').length > 0, { message: 'the report' });
  await waitFor(() => connection.state === 'connected', {
    message: 'connected with the last ones',
  });
  assert.equal(await user(), 'new');
});

test('a callback that throws or rejects is reported, and the connection goes on reading', async () => {
  await using nats = await startNats({ jetstream: false });
  const recorder = new Recorder();
  await using connection = await connect({ ...QUICK, servers: nats.url, onEvent: recorder.listen });
  const { nc } = connection;
  let seen = 0;
  nc.subscribe('throws', {
    callback: () => {
      seen++;
      throw new Error('on purpose');
    },
  });
  // As a JavaScript caller may: the types of nats.js do not foresee a promise.
  const rejects = async (): Promise<never> => await Promise.reject(new Error('later'));
  nc.subscribe('rejects', { callback: rejects });
  connection.onEvent(() => {
    throw new Error('a listener that throws');
  });
  for (let n = 0; n < 3; n++) nc.publish('throws', '', { headers: headers() });
  nc.publish('rejects');
  await nc.flush();
  await waitFor(() => recorder.of('callback failed').length === 4, { message: 'four reports' });
  assert.equal(seen, 3);
  assert.deepEqual(
    recorder.of('callback failed').map(({ subject, error }) => `${subject}: ${error.message}`),
    [...Array(3).fill('throws: on purpose'), 'rejects: later'],
  );
});

test('closing during an outage leaves no connection behind', async () => {
  await using nats = await startNats({ jetstream: false });
  const connection = await connect({
    ...QUICK,
    servers: nats.url,
    backoff: fixed({ delayMs: 60_000 }),
    dialTimeoutMs: 1_000,
  });
  await nats.kill();
  await waitFor(() => connection.state === 'reconnecting', { message: 'the outage' });
  await nats.restart();
  await connection.close();
  assert.equal(connection.state, 'closed');
  await waitFor(async () => (await varz(nats.monitorUrl)).connections === 1, {
    message: 'the dial that nats.js makes nevertheless',
  });
  // Whatever nats.js still dials is gone within its time limit.
  await waitFor(async () => (await varz(nats.monitorUrl)).connections === 0, {
    message: 'no connection',
    timeoutMs: 5_000,
  });
});

async function varz(monitorUrl: string): Promise<{ connections: number }> {
  const response = await fetch(`${monitorUrl}/varz`);
  return (await response.json()) as { connections: number };
}
