import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from './otlp-request.ts';
import { OtlpSender } from './otlp-sender.ts';

const body = (size: number, fill: number) => new Uint8Array(size).fill(fill);
const RETRY: Delivery = { outcome: 'retry', reason: 'away' };

function recording(answers: (attempt: number) => Delivery) {
  const sent: number[] = [];
  let attempts = 0;
  const sender = new OtlpSender({
    name: 'test',
    queueBytes: 100,
    send: async (given) => {
      const answer = answers(attempts++);
      if (answer.outcome === 'sent') sent.push(given[0] ?? 0);
      return answer;
    },
  });
  return { sender, sent, attempts: () => attempts };
}

test('bodies are sent in order, each once', async () => {
  const { sender, sent } = recording(() => ({ outcome: 'sent' }));
  for (const fill of [1, 2, 3]) sender.enqueue(body(10, fill));
  await sender.flush();
  assert.deepEqual(sent, [1, 2, 3]);
});

test('a body that the receiver wants later is kept and sent again', async () => {
  const { sender, sent, attempts } = recording((attempt) =>
    attempt < 2 ? RETRY : { outcome: 'sent' },
  );
  sender.enqueue(body(10, 1));
  await sender.flush();
  sender.enqueue(body(10, 2));
  assert.deepEqual(sent, []);
  await sender.flush();
  await sender.flush();
  assert.deepEqual(sent, [1, 2]);
  assert.equal(attempts(), 4);
});

test('it comes back by itself, no sooner than it was told', async () => {
  const { sender, sent } = recording((attempt) =>
    attempt === 0 ? { outcome: 'retry', reason: 'away', afterMs: 1 } : { outcome: 'sent' },
  );
  sender.enqueue(body(10, 1));
  const startedAt = performance.now();
  // The sender's own timer does not hold the process; this one does.
  while (sent.length === 0 && performance.now() - startedAt < 5000) await sleep(10);
  assert.deepEqual(sent, [1]);
  assert.ok(performance.now() - startedAt >= 200);
});

test('a body that the receiver refuses is dropped, the next one is sent', async () => {
  const { sender, sent } = recording((attempt) =>
    attempt === 0 ? { outcome: 'refused', reason: 'HTTP status 400' } : { outcome: 'sent' },
  );
  sender.enqueue(body(10, 1));
  sender.enqueue(body(10, 2));
  await sender.flush();
  assert.deepEqual(sent, [2]);
  assert.equal(sender.droppedBodies, 1);
});

test('over its bound the oldest go', async () => {
  let away = true;
  const { sender, sent } = recording(() => (away ? RETRY : { outcome: 'sent' }));
  for (const fill of [1, 2, 3, 4, 5]) sender.enqueue(body(40, fill));
  await sender.flush();
  away = false;
  await sender.flush();
  assert.deepEqual(sent, [4, 5]);
  assert.equal(sender.droppedBodies, 3);
});
