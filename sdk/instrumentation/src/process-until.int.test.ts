import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitFor } from '@hopline/testkit';
import { trace } from '@opentelemetry/api';
import { processUntil } from './index.ts';
import { type TracedClients, tracedClients } from './testing/traced-clients.ts';

let clients: TracedClients;
before(async () => {
  clients = await tracedClients();
});
after(() => clients[Symbol.asyncDispose]());

test('a span stays open while its work goes on beside the loop, and fails with it', async () => {
  const { nc, spans } = clients;
  const works = new Map<string, PromiseWithResolvers<void>>();
  const sub = nc.subscribe('until.*', { max: 3 });
  const looped = (async () => {
    for await (const message of sub) {
      const work = Promise.withResolvers<void>();
      works.set(message.subject, work);
      void processUntil(message, work.promise).catch(() => {});
    }
  })();
  for (const name of ['a', 'b', 'c']) nc.publish(`until.${name}`);
  await looped;
  const ended = () =>
    spans
      .all()
      .filter(({ name }) => name === 'process until.*')
      .map(({ attributes }) => attributes['messaging.destination.name']);
  assert.equal(works.size, 3);
  assert.deepEqual(ended(), [], 'all work goes on');
  works.get('until.b')?.resolve();
  await waitFor(() => ended().length === 1, { message: 'the first span' });
  works.get('until.c')?.reject(new RangeError('bad'));
  works.get('until.a')?.resolve();
  await waitFor(() => ended().length === 3, { message: 'all spans' });
  assert.equal(ended()[0], 'until.b');
  const failed = spans.all().filter(({ attributes }) => attributes['error.type']);
  assert.deepEqual(
    failed.map(({ attributes }) => [
      attributes['messaging.destination.name'],
      attributes['error.type'],
    ]),
    [['until.c', 'RangeError']],
  );
  assert.equal(trace.getActiveSpan(), undefined);
});

test('of a message that is not traced it only gives back the promise', async () => {
  const message = { subject: 'a', data: new Uint8Array() };
  assert.equal(await processUntil(message, Promise.resolve(7)), 7);
});
