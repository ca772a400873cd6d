import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { type JetStreamClient, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, fixed } from './connect/index.ts';
import { createPublisher } from './publish/index.ts';

const trace = new AsyncLocalStorage<string>();
const QUICK = { name: 'test', backoff: fixed({ delayMs: 20, jitterMs: 5 }) };

test('a message is sent in the context of its own publish, however long it waited', async () => {
  await using nats = await startNats();
  await using connection = await connect({ ...QUICK, servers: nats.url });
  await (await jetstreamManager(connection.nc)).streams.add({ name: 'S', subjects: ['s.>'] });
  const sent: string[] = [];
  const note = (subject: string, data: unknown): void => {
    if (/^[sc]\./.test(subject)) sent.push(`${subject} ${String(data)} in ${trace.getStore()}`);
  };
  const js = jetstream(connection.nc);
  const watched: Pick<JetStreamClient, 'publish'> = {
    publish: async (subject, data, options) => {
      note(subject, data);
      return await js.publish(subject, data, options);
    },
  };
  const publish = connection.nc.publish.bind(connection.nc);
  connection.nc.publish = (subject, data, options) => {
    if (subject.startsWith('c.')) note(subject, data);
    publish(subject, data, options);
  };
  await using stored = await createPublisher(connection, { jetstream: watched as JetStreamClient });
  await using core = await createPublisher(connection);
  const inOneGo = ['1', '2', '3'].map((n) => trace.run(n, () => stored.publish('s.a', n)));
  await Promise.all(inOneGo);
  assert.deepEqual(sent, ['s.a 1 in 1', 's.a 2 in 2', 's.a 3 in 3']);
  await nats.kill();
  await waitFor(() => connection.state === 'reconnecting', { message: 'the outage' });
  sent.length = 0;
  const waiting = ['4', '5'].flatMap((n) =>
    trace.run(n, () => [stored.publish('s.a', n), core.publish('c.a', n)]),
  );
  await nats.restart();
  await Promise.all(waiting);
  // How often a sending is repeated while the stream comes back is its own business.
  assert.deepEqual([...new Set(sent)].sort(), [
    'c.a 4 in 4',
    'c.a 5 in 5',
    's.a 4 in 4',
    's.a 5 in 5',
  ]);
});
