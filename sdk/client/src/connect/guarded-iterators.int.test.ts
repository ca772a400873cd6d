import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { Recorder } from '../testing/recorder.ts';
import { connect } from './index.ts';

test('a loop that throws ends itself alone: other loops, callbacks and requests go on, and a drain ends', async () => {
  await using nats = await startNats({ jetstream: false });
  const recorder = new Recorder();
  await using connection = await connect({
    name: 'test',
    servers: nats.url,
    onEvent: recorder.listen,
    drainTimeoutMs: 60_000,
  });
  const { nc } = connection;
  const seen: string[] = [];
  const broken = (async () => {
    for await (const message of nc.subscribe('work')) throw new Error(message.string());
  })();
  void (async () => {
    for await (const message of nc.subscribe('work')) seen.push(message.string());
  })();
  nc.subscribe('ask', { callback: (_error, message) => void message.respond('answer') });
  for (const n of ['1', '2', '3']) nc.publish('work', n);
  await assert.rejects(broken, /^Error: 1$/);
  await waitFor(() => seen.length === 3, { message: 'the other loop' });
  assert.equal((await nc.request('ask', '', { timeout: 10_000 })).string(), 'answer');
  assert.deepEqual(recorder.states, ['connected']);
  await connection.drain();
  assert.equal(connection.state, 'closed');
});

test('the end after the last attempt: one alert, one error line with its history, in this order', async () => {
  await using nats = await startNats({ jetstream: false });
  const lines: string[] = [];
  const keep = (fields: object, line: string): void => {
    const { error } = fields as { error?: { history?: readonly unknown[] } };
    lines.push(error?.history ? `${line}, ${error.history.length} attempts` : line);
  };
  await using connection = await connect({
    name: 'test',
    servers: nats.url,
    backoff: () => 10,
    maxAttempts: 3,
    stableMs: 0,
    log: { info: keep, warn: keep, error: keep },
  });
  await nats.kill();
  await connection.closed;
  assert.deepEqual(lines.slice(-6), [
    'nats: reconnecting',
    'nats: dial',
    'nats: dial',
    'nats: dial',
    'nats: gave up, 3 attempts',
    'nats: closed',
  ]);
});
