import assert from 'node:assert/strict';
import test from 'node:test';
import { unixNs } from '@hopline/model';
import { LIVE_PATH, liveEvent } from '@hopline/model/api';
import Fastify from 'fastify';
import { registerErrors } from './error-answers.ts';
import { type LiveOptions, registerLive, type StoredCounts } from './live.ts';

async function startLive(more: Partial<LiveOptions> = {}) {
  const listeners = new Set<(stored: StoredCounts) => void>();
  const app = Fastify();
  registerErrors(app, () => {});
  registerLive(app, {
    feed: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now: () => unixNs(7n),
    maxClients: 1,
    intervalMs: 20,
    heartbeatMs: 60_000,
    ...more,
  });
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}${LIVE_PATH}`;
  return {
    url,
    listeners,
    store: (stored: StoredCounts) => {
      for (const listener of listeners) listener(stored);
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}

/** Reads a stream of events until `enough` of what came so far; the test's own limit bounds the wait. */
async function readUntil(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  enough: (text: string) => boolean,
): Promise<string> {
  let text = '';
  while (!enough(text)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the stream ended after ${JSON.stringify(text)}`);
    text += Buffer.from(value).toString();
  }
  return text;
}

const LIMIT = { timeout: 10_000 };

test('rows that come together make one event', LIMIT, async () => {
  await using live = await startLive();
  const response = await fetch(live.url);
  assert.match(String(response.headers.get('content-type')), /^text\/event-stream/);
  const reader = response.body!.getReader();
  await readUntil(reader, (text) => text.includes(': connected'));
  live.store({ spans: 2 });
  live.store({ spans: 3, logs: 1 });
  const text = await readUntil(reader, (got) => got.endsWith('\n\n'));
  const [, data = ''] = /^event: stored\ndata: (.*)\n\n$/.exec(text) ?? [];
  assert.deepEqual(liveEvent.parse(JSON.parse(data)), { time: '7', spans: 5, logs: 1, hops: 0 });
  await reader.cancel();
});

test('a quiet connection gets a heartbeat and no event', LIMIT, async () => {
  await using live = await startLive({ heartbeatMs: 30 });
  const reader = (await fetch(live.url)).body!.getReader();
  const text = await readUntil(reader, (got) => got.split(': still here').length > 3);
  assert.doesNotMatch(text, /event:/);
  await reader.cancel();
});

test('one client too many is told to come again', LIMIT, async () => {
  await using live = await startLive();
  const first = await fetch(live.url);
  const second = await fetch(live.url);
  assert.equal(second.status, 503);
  assert.equal(second.headers.get('retry-after'), '5');
  assert.equal(((await second.json()) as { code: string }).code, 'too_many_clients');
  await first.body!.cancel();
});

test('a client that went away makes room', LIMIT, async () => {
  await using live = await startLive();
  await (await fetch(live.url)).body!.cancel();
  for (;;) {
    const again = await fetch(live.url);
    await again.body!.cancel();
    if (again.status === 200) break;
  }
});

test('closing the server ends the streams and leaves the feed', LIMIT, async () => {
  const live = await startLive();
  const reader = (await fetch(live.url)).body!.getReader();
  await readUntil(reader, (text) => text.includes(': connected'));
  await live[Symbol.asyncDispose]();
  assert.equal((await reader.read()).done, true);
  assert.equal(live.listeners.size, 0);
});
